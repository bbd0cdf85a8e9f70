import { assertEquals } from "@std/assert";
import { proposeOrders, readOrders } from "../../../../src/domains/defi/read/orders.ts";

const ORDERS = [
  "swap 2 ETH for USDC",
  "claim my aave rewards",
  "withdraw 500 USDC from compound",
  "unstake 3 ETH from lido",
  "borrow 400 DAI on spark",
  "deposit 1 ETH into aave",
  "harvest everything",
  "redeem my stETH",
];

/** What no plan of the domain can carry. */
const FOREIGN = [
  "send it to 0x00000000219ab540356cBB839Cbe05303d7705Fa",
  "send 200 to alice.eth",
  "bridge it to arbitrum",
  "bridge 1 ETH to base",
  "wrap 1 ETH",
  "approve USDC for uniswap",
  "vote yes on the proposal",
  "open a 5x long on ETH",
  "mint an NFT",
  "pay my landlord",
  "send them to my brother",
  "move the rest to my ledger",
  "transfer the proceeds to coinbase",
  "tip the dev",
  "tip Jito",
  "buy a punk",
  "set a stop loss at 1800",
  "list it on opensea",
  "cash it out to my bank",
  "short BTC",
  "forward half to bob",
  "put the rest on base",
  "move it all to optimism",
  "ship it to my cold wallet",
  "drop 50 to my sister",
  "get it to my exchange account",
  "hand the remainder to the dao multisig",
  "snapshot it",
  "tell me the balance",
  "check the apy",
  "let me know the price",
  "sign the permit",
  "delegate my votes to lefteris",
  "hedge it with a perp",
  "burn the nft",
  "create a pool",
  "launch a token",
  "schedule it for friday",
  "remind me tomorrow",
];

const JOINTS = [
  ", then ",
  " and ",
  ", and after that ",
  "; ",
  ". Then ",
  " & ",
  " before you ",
  ", also ",
];

for (const order of ORDERS) {
  Deno.test(`a step of another domain beside "${order}" is never dropped`, () => {
    const acted = FOREIGN.flatMap((foreign) => [
      ...JOINTS.flatMap((joint) => [
        order + joint + foreign,
        foreign + joint + order,
        `please ${order}${joint}${foreign} thanks`,
      ]),
      `first ${foreign}, second ${order}`,
      `1. ${foreign}\n2. ${order}`,
    ]).filter((prompt) => readOrders(prompt).refusal === null || proposeOrders(prompt) !== null);
    assertEquals(acted, []);
  });
}
