/** Names of one list, separated by bars. */
const list = (text: string): readonly string[] =>
  text.split("|").map((name) => name.trim().replace(/\s+/g, " ")).filter((name) => name !== "");

/** Further tickers that orders name, lower case. Any other symbol in the place of a thing is one, too. */
export const KNOWN_ASSETS: readonly string[] = list(`
  near|flow|rose|zil|vet|ada|dot|atom|sol|bera|honey|ibgt|mnt|cmeth|kmno|jlp|hlp|deep|cetus|navx|sca|ausd|buck|
  lbtc|solvbtc|btcb|btc.b|enzobtc|unibtc|pumpbtc|ebtc|fbtc|wsteth|pufeth|eeth|beth|wbeth|oeth|superoethb|
  rlp|usr|wstusr|stusr|deusd|sdeusd|usd0++|usdo|usdl|usdm|usdx|usdt0|usdai|lisusd|slisbnb|ausdc|ausdt|aeth|
  bold|lusd|ebusd|feusd|usdh|khype|lhype|sthype|whype|stgusdc|gho|stkgho|stkaave|sgho|frax|sfrax|frxusd|
  sfrxusd|fraxbp|3crv|cvxcrv|vlcvx|cvxfxs|sdcrv|sdt|yvusdc|ycrv|vecrv|vevelo|veaero|vebal|vependle|venft|
  bal|pendle|stg|zro|layer|ren|pond|eul|comp|mkr|sky|susd|snx|kwenta|lyra|thales|ankrbnb|ankrmatic|stg|
  stsei|stinj|sttia|milktia|statom|stosmo|statom|qatom|stdot|vdot|ldot|vksm|stksm|haedal|hasui|vsui|afsui|
  stapt|amapt|sthapt|sui|ns|blue|wal|bluesui|mnde|jup|jupsol|bnsol|hsol|inf|dsol|bbsol|lst|fartcoin|popcat|
  trump|melania|mog|spx|virtual|ai16z|aixbt|goat|moodeng|pengu|turbo|giga|brett|toshi|degen|higher|mew|bome|
  ldo|rpl|swise|ssv|obol|swell|rswell|eigen|bveigen|kernel|puffer|renzo|rez|etherfi|ethfi|sethfi|angle|ageur|
  eura|eure|eurcv|xaut|paxg|ousg|buidl|ustb|syrupusdc|syrupusdt|syrup|mpl|cfg|truefi|tru|gfi|usdz|usual|
  savax|ggavax|qi|joe|stac|scr|zks|linea|move|s|sts|beets|silo|wsonic|sonic|strk|xstrk|vstrk|ekubo|nstr|
  tlos|fil|glif|ifil|icnt|hnt|rndr|render|mask|ape|enj|sand|gala|chz|ftt|sxp|bat|knc|band|uma|ocean|fet|agix|
  tao|arkm|worldcoin|op|arb|matic|pol|avax|bnb|cake|xvs|lista|thena|the|bsw|dodo|kava|hard|usk|umee|nolus|nls|
  ntrn|dntrn|datom|dydx|stdydx|kuji|astro|mars|evmos|canto|note|stars|huahua|regen|cmdx|xprt|stkatom|lpt|
  dym|icx|gno|bnt|bgt|jpyc|esgmx|ordi|tnsr|mngo|ygg|tfuel|iota|qtum|api3|rsr|ctsi|storj|skl|cvc|dnt|rlc|nmr|mln|scrt|
  lunc|ustc|xdc|rbtc|btt|jst|rlusd|sena|eusd|axlusdc|whsol|whbar|wbera|mkusd|xai|wmemo|ohm|sohm|gohm|btrfly|rbn|alusd|aleth|
  tokemak|bico|acx|celr|mav|x2y2|ilv|xqi|gmd|glp|gns|dpx|rdpx|xgrail|usdb|manta|zkj|usdv|iotx|kda|ckb|digg|hegic|squeeth|
  lqty|vsp|mta|sdl|stbt|xsgd|eurt|idrt|zusd|brz|mxnt|cadc|gyen|xidr|musd|gyd|scrvusd|mimatic|besd|vbnb|vusdt|cdai|ceth|
  cusdc|cwbtc|aweth|adai|xsushi|xboo|tshare|btcbr|hmstr|tston|stton|exa|scaf|icp|egld|zil|sd|pt|yt|
  mina|algo|galgo|xalgo|cspr|ktn|one|celo|mento|cusd|ceur|metis|boba|glmr|movr|astr|sdn|aca|bnc|ibtc|kint`);

/** Further venues that orders name, lower case. */
export const KNOWN_VENUES: readonly string[] = list(`
  babylon|lombard|solv|bedrock|echelon|juplend|jupiter lend|jup lend|evaa|gearbox|vesu|resolv|umbrella|fraxlend|
  thala|haedal|zerolend|euler v2|euler|hyperlend|hypurrfi|felix|kinetiq|dolomite|berachain vault|infrared|kodiak|
  bex|honeyswap|init capital|merchant moe|agni|lendle|ironclad|ionic|ironbank|iron bank|extra finance|
  tarot|impermax|stability pool|save|solend|loopscale|exponent|rain.fi|lulo|carrot|kamino lend|kamino main market|
  navi|scallop|suilend|alphalend|bucket|aftermath|volo|springsui|momentum|magma|ferra|bluefin|kriya|deepbook|
  tortuga|thalaswap|hyperion|cellana|meso|superposition|tonstakers|hipo|bemo|stonfi|ston.fi|dedust|storm trade|
  nostra|ekubo|jediswap|myswap|avnu|endur|stride|quicksilver|pstake|milkyway|drop|persistence|neptune|helix|
  astroport|white whale|levana|kujira|injective hub|dydx chain|mintscan|keplr staking|cosmostation|chorus one|
  stakecito|polkachu|notional chain|stakefish|allnodes|kiln|p2p.org|staked.us|blockdaemon|attestant|coinbase cloud|
  twinstake|luganodes|simply staking|dokia|hashkey cloud|binance staking|binance validator|binance's validator|binance node|kraken validator|kraken's validator|helius|laine|shinobi|solana compass|
  ssv|obol|diva|stader|swell|node dao|bifrost|parallel|acala|moonwell|interlay|hydration|hydradx|
  liqwid|indigo|optim|splash|wingriders|minswap|lenfi|levvy|fluidtokens|algofi|folks finance|tinyman|pact|
  defactor|florence|backed|superstate|ondo finance|ondo|flux|flux finance|open eden|mountain|hashnote|franklin|
  maple syrup|syrup|clearpool|hyperliquid|hyperliquid hlp|goldfinch|credix|huma|idle|idle finance|sommelier|yearn v3|beefy|harvest finance|reaper|
  origin|inverse|inverse finance|sturdy|silo v2|avalon|kinza|venus core|wombat|magpie|penpie|equilibria|
  stargate pool|across pool|hop|synapse|gamma|arrakis|steer|ichi|bunni|maverick v2|ambient|syncswap|izumi|
  ramses|chronos|solidly|equalizer|shadow|beets|beethoven|swapx|metropolis|rings|thruster|blaster|juice|pac|
  ring protocol|fenix|lynex|nile|zerolend one|mendi|layerbank|rho markets|ambient scroll|nuri|aurelius|
  orderly|vertex|gmx|gmx v2|gains|gains network|jones|jones dao|umami|vela|mux|level|hmx|synfutures|drift vault|
  insurance fund|3pool|3 pool|curve 3pool|tricrypto|backstop|ribbon|thetanuts|premia|dopex|lyra|opyn|friktion|katana|psy|exactly|term finance|
  spark lend|sparklend|sky savings|spark savings|savings vault|dsr|ssr|psm|maker vault|makerdao|maker|reflexer|
  rai|gyroscope|fluid lending|fluid|instadapp lite|summer|defi saver|contango|aave prime|aave core|aave horizon|
  rocketpool|frax ether|mantle lsp|meth protocol|ankr|stakestone|claystack|meta pool|linear|burrow|ref|
  rhea|jumbo|bastion|aurigami|benqi|gogopool|avalaunch|platypus|vector|echidna|yield yak|pangolin|sushiswap|
  balancer v3|balancer v2|curve lend|llamalend|crvusd market|resupply|convex|convex frax|aura|stake dao|votium|
  hidden hand|paladin|warden|redacted|pirex|llama airforce|union|bribe|velodrome v2|aerodrome slipstream|slipstream|
  alien base|baseswap|swapbased|pancakeswap infinity|thena fusion|lista lending|lista dao|sanctum infinity|
  marinade native|jpool|blaze|blazestake|edgevana|vault by jito|jito restaking|solayer|fragmetric|picasso|
  renzo|kelp|kernel|eigenlayer|karak|symbiotic|mellow|ether.fi liquid|etherfi liquid|veda|nucleus|upshift|
  mitosis|treehouse|amphor|turtle|royco|level money|ethena|usual|elixir|falcon|resupply|noon|reservoir|
  geist|geist finance|moola|argent|granary|prisma|alphafi|tectonic|sonne finance|bridgeworld|thor swap|ux chain|mars protocol|
  red bank|port finance|larix|francium|mercurial|openbook|cream finance|bprotocol|0x|velora|li.fi|bebop|hashflow|airswap|
  loopring|perpetual protocol|apollox|vaultka|zyberswap|lodestar|rage trade|joe lb|liquidity book|banker joe|beethoven x|
  mai finance|meshswap|0vix|dfyn|alpaca finance|autofarm|wombex|ubeswap|frax swap|fraxswap|sovryn|tropykus|stackingdao|
  stacking dao|arkadiko|bitflow|velar|trisolaris|genius yield|muesliswap|kava lend|kava swap|kava mint|hard protocol|
  shade protocol|eris protocol|terraswap|mantadex|dojoswap|dymension|cosmos hub|keplr|bison trails|staking facilities|
  certus one|zeeve|a41|dsrv|forbole|citadel one|lavender five|lavenderfive|stakin|find labs|blocto|increment finance|youves|
  quipuswap|kordfi|mavryk|corex|colend|soulswap|seamless protocol|avantis|alienbase|rocketswap|synthswap|pontem|liquid swap|
  aries markets|echo protocol|aptin|flowx|tonco|utonic|morpho blue|metamorpho|napier|
  apwine|stakedao|dhedge|aevo|stryke|rysk|infinex|gtrade|hyperbeat|harmonix|valantis|hyperswap|kittenswap|babypie|satlayer|
  b14g|core dao|adrastea|stake wise|lido csm|sanctum inf|
  cap|agora|angle|mento|glif|repl|collectif|theta|lens|ionet|livepeer|the graph|pocket|akash staking`);

/** Tokens whose name people also use for the place that issued them: "on uni", "from comp". */
export const TOKEN_PLACES: ReadonlyMap<string, string> = new Map([
  ["uni", "uniswap"],
  ["jup", "jupiter"],
  ["comp", "compound"],
  ["ray", "raydium"],
  ["crv", "curve"],
  ["bal", "balancer"],
  ["velo", "velodrome"],
  ["aero", "aerodrome"],
  ["eigen", "eigenlayer"],
  ["pendle", "pendle"],
  ["joe", "trader joe"],
  ["ldo", "lido"],
  ["ena", "ethena"],
  ["kmno", "kamino"],
  ["xvs", "venus"],
]);

/** Tickers of places that people call by the name of the place: "sell 5 Lido". */
const PLACE_TICKERS: ReadonlyMap<string, string> = new Map([
  ...[...TOKEN_PLACES].map(([ticker, place]) => [place, ticker] as const),
  ["maker", "mkr"],
  ["convex", "cvx"],
  ["sushiswap", "sushi"],
  ["pancakeswap", "cake"],
  ["stargate", "stg"],
  ["rocket pool", "rpl"],
]);

/** The ticker of a place's own token, in capitals; the place's name where no other is known. */
export function tickerOf(place: string): string {
  return (PLACE_TICKERS.get(place.toLowerCase()) ?? place).toUpperCase();
}

/** Venues that stake, restake or run validators, and do nothing else. */
export const STAKING_VENUES: readonly string[] = list(`
  lido|rocket pool|marinade|marinade native|jito|stader|ankr|ether.fi|eigenlayer|symbiotic|swell|renzo|kelp|
  everstake|figment|p2p|p2p.org|nethermind|blazestake|blaze|sanctum|sanctum infinity|jpool|edgevana|stakewise|amnis|
  puffer|karak|eigenpie|tonstakers|hipo|bemo|stride|quicksilver|pstake|milkyway|meta pool|linear|endur|haedal|volo|
  springsui|kinetiq|frax ether|mantle lsp|meth protocol|stakestone|claystack|gogopool|jito restaking|solayer|
  fragmetric|picasso|lombard|babylon|bedrock|kernel|node dao|diva|ssv|obol|helius|laine|shinobi|
  solana compass|stakefish|allnodes|kiln|staked.us|blockdaemon|attestant|coinbase cloud|twinstake|luganodes|
  simply staking|dokia|hashkey cloud|chorus one|stakecito|polkachu|cosmostation|keplr staking|injective hub|
  tortuga|collectif|akash staking|kyberdao`);

/** Venues that lend or keep in vaults, and stake nothing. */
export const KEEPING_VENUES: readonly string[] = list(`
  jupiter lend|juplend|jup lend|evaa|vesu|fraxlend|zerolend|euler v2|hyperlend|hypurrfi|dolomite|suilend|scallop|
  alphalend|burrow|neptune|layerbank|ironclad|ionic|mendi|avalon|kinza|folks finance|liqwid|lendle|llamalend|
  curve lend|spark lend|sparklend|sky savings|spark savings|savings vault|dsr|ssr|maker vault|venus core|
  kamino lend|kamino main market|save|loopscale|hlp|hyperliquid hlp|yearn|yearn v3|beefy|sommelier|idle|
  idle finance|harvest finance|reaper|superform|gearbox|goldfinch|clearpool|maple|maple syrup|notional|resolv|nostra`);

/** Tokens that are kept at the worth of a dollar, in capitals. */
const DOLLARS =
  /^(?:USDC|USDT|DAI|BUSD|TUSD|PYUSD|USDS|USDE|USDP|GUSD|FDUSD|USDD|LUSD|GHO|FRAX|CRVUSD|DOLA|MIM|SUSD|USD0|USDBC|RLUSD|BOLD|FRXUSD)$/;

/** True for a token that is kept at the worth of a dollar. */
export function isDollar(ticker: string): boolean {
  return DOLLARS.test(ticker.toUpperCase());
}

/** Tokens that stand for what was staked, lower case. */
const STAKED_TOKENS = new Set(list(`
  steth|wsteth|reth|cbeth|sfrxeth|weeth|ezeth|rseth|rsweth|sweth|meth|cmeth|ankreth|oseth|pufeth|eeth|unieth|wbeth|
  beth|pzeth|ethx|lseth|stmatic|maticx|ankrmatic|savax|ggavax|inf|lst|msol|jitosol|jupsol|bsol|bnsol|hsol|dsol|
  bbsol|lainesol|vsol|slisbnb|ankrbnb|snbnb|khype|lhype|sthype|stsei|stinj|sttia|milktia|statom|stosmo|qatom|datom|
  stkatom|stdot|vdot|ldot|stksm|vksm|hasui|vsui|afsui|bluesui|stapt|amapt|sthapt|xstrk|vstrk|stdydx|stnear|linear|
  tston|lbtc|pumpbtc|unibtc|galgo|xalgo|susde|stkgho|stkaave|vecrv|vevelo|veaero|vependle|vebal|vestg|
  venft|vethe|vlcvx|xsushi|sena`));
/** Tokens that stand for what was lent or put into a vault, lower case. */
const KEPT_TOKENS = new Set(list(`
  ausdc|ausdt|adai|aweth|cusdc|cusdt|cdai|sdai|susds|sgho|hlp|jlp|glp|sfrax|yvusdc|gdai|gusdc|jlusdc|scrvusd`));

/** What a token stands for that is given out for another; undefined for any other. */
export function receiptOf(ticker: string): "staked" | "kept" | undefined {
  const name = ticker.toLowerCase();
  if (KEPT_TOKENS.has(name)) return "kept";
  return STAKED_TOKENS.has(name) ? "staked" : undefined;
}
