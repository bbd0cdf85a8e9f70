import { FRAMES } from "./frames.ts";
import type { PlainRole, Sense } from "../sense.ts";
import { list, TALK } from "./talk.ts";

/** "the AERO which you have collected": what an earlier step of the same prompt yields. */
const YIELDED = ["which", "that"].flatMap((which) => [
  ...["i", "we", "you"].flatMap((who) =>
    [
      "receive",
      "get",
      "get back",
      "obtain",
      "will receive",
      "will get",
      ...["collected", "claimed", "withdrawn", "received", "unstaked", "harvested", "obtained"]
        .map((done) => `have ${done}`),
    ].map((gets) => `${which} ${who} ${gets}`)
  ),
  ...["has", "have"].flatMap((has) =>
    ["accrued", "accumulated", "piled up", "been earned"].map((done) => `${which} ${has} ${done}`)
  ),
  ...["comes out", "come out", "results", "result", "this frees", "this frees up", "this yields"]
    .map((comes) => `${which} ${comes}`),
]).join("|");

/** "I hope it's ok to ask", "can you help me": what leads up to a request. */
const HELP = [
  ...["i hope it's", "i hope it is", "hope it's", "i hope that's", "hope that's"].flatMap((hope) =>
    ["ok", "okay", "fine", "alright", "all right"].flatMap((ok) =>
      ["to ask", "to ask you", "that i ask", "if i ask"].map((ask) => `${hope} ${ok} ${ask}`)
    )
  ),
  ...["sorry to ask", "forgive me for asking", "excuse me for asking", "pardon me for asking"],
  ...["i hope you can", "hope you can", "maybe you can", "can you", "could you", "please"].flatMap((
    you,
  ) =>
    ["help", "help me", "help me out", "help me here", "help me with something"].map((help) =>
      `${you} ${help}`
    )
  ),
  ...[
    "i need your help",
    "i need some help",
    "need your help",
    "need some help",
    "i could use some help",
  ],
].join("|");

/** "wrong coin": what was said before was not what was meant. */
const WRONG = ["wrong", "the wrong"].flatMap((wrong) =>
  [
    "amount",
    "coin",
    "token",
    "asset",
    "number",
    "vault",
    "pool",
    "venue",
    "protocol",
    "chain",
    "network",
    "one",
    "market",
    "place",
    "ticker",
  ]
    .map((what) => `${wrong} ${what}`)
).join("|");

/** "the BNB which we have pledged": what was done to a thing tells which it is. */
const DONE_TO = ["that i", "that we", "which i", "which we"].flatMap((who) =>
  ("deposited|supplied|lent|lent out|staked|delegated|locked|bonded|borrowed|pledged|posted|put up|" +
    "put in|parked|placed|provided|accrued|accumulated|earned|drew|took out|took on|been lending|" +
    "been staking|been farming|been holding|been supplying")
    .split("|").flatMap((done) =>
      [" ", " have ", "'ve ", " had "].map((has) => `${who}${has}${done}`)
    ).concat([`${who} had on loan`, `${who} have on loan`, `${who} still owe`])
).join("|");

/** "Maybe I'm paranoid but …": of the speaker, and not of the order. */
const HEDGES = ["maybe", "perhaps", "might be", "possibly"].flatMap((maybe) =>
  [
    "paranoid",
    "crazy",
    "silly",
    "wrong",
    "late",
    "early",
    "stupid",
    "old-fashioned",
    "overcautious",
  ]
    .map((how) => `${maybe} i'm ${how} but`)
).concat(
  ["i may regret this but", "i might regret this but", "i'll probably regret this but"],
  ["call me paranoid but", "call me crazy but", "i may be wrong but", "i might be wrong but"],
).join("|");

/** "the DAO's BAL": what an institution has, whoever acts for it speaks of. */
const OF_INSTITUTIONS = ["the", "our"].flatMap((whose) =>
  [
    "treasury",
    "dao",
    "foundation",
    "fund",
    "desk",
    "company",
    "firm",
    "council",
    "cooperative",
    "guild",
    "syndicate",
    "trust",
    "node",
    "validator",
  ].map((name) => `${whose} ${name}'s`)
).join("|");

/** "have a great day", "wish you a nice evening". */
const DAYS = ["have a", "have", "wish you a", "wish you", "i wish you a"].flatMap((wish) =>
  ["good", "great", "nice", "lovely", "wonderful", "blessed", "fine"].flatMap((mood) =>
    ["day", "one", "evening", "weekend", "night", "morning", "afternoon"].map((time) =>
      `${wish} ${mood} ${time}`
    )
  )
).join("|");

/** Words that bear no load around an order, and words that tell what a clause is. */
const PLAIN: Readonly<Partial<Record<PlainRole, string>>> = {
  greeting:
    `ok wallet|okay wallet|hey wallet|hi wallet|hello wallet|dear wallet|hey wallet buddy|ok computer|hey computer|ok agent|hey agent|ok bot|hey bot|
    whats good|what's good|how are you|how are you today|how are you doing|how are you doing today|how's it going|how goes it|how is it going|
    i hope you are well|i hope you're well|hope you are well|hope you're well|i hope this finds you well|hi all|hey all|hello all|hi everyone|hey everyone|hello everyone|oi|ey|ahoy|yo yo|
    hi folks|hey folks|good evening all|good morning all|wagwan|sup|what's up|whats up|ello|
    hi|hey|hello|yo|gm|gn|howdy|hiya|greetings|hi there|hey there|hello there|
    good morning|good afternoon|good evening|good day|morning|evening|hello again|hi again`,
  courtesy:
    `${HELP}|i hope i'm asking the right person|excuse my english|sorry for my english|excuse my bad english|sorry for my bad english|excuse the disturbance|excuse the disturb|excuse me the disturb|excuse me that i disturb|excuse me that i disturb so late|sorry that i disturb|
    through you|via you|with your help|with thanks in advance|proceed|please proceed then|
    like a good lad|like a good bot|like a good boy|like a good sport|like a good chap|there's a dear|there's a good lad|there's a good chap|prithee|i prithee|pray|i pray you|if you'd be a dear|if you'd be so good|if it's not a bother|thanks a mil|thanks loads|ta muchly|thanks heaps|cheers big ears|with my thanks|regards|kind regards|best regards|warm regards|yours faithfully|yours sincerely|yours truly|sincerely|respectfully|respectfully yours|best wishes|
    i hope it's fine to ask|i hope it's ok to ask|i hope it's okay to ask|hope it's ok to ask|i hope you don't mind me asking|hope you don't mind me asking|hope you don't mind|i hope you don't mind|if i may ask|if i may|
    if it's no bother|if it is no bother|if it's not too much to ask|if it isn't too much to ask|if it's not too much|if it's not a bother|
    with your help|with your kind help|with your permission|with your leave|with your assistance|
    i have a request|i've got a request|i have a favour to ask|i have a favor to ask|a small favour|a small favor|could i ask a favour|can i ask a favour|may i ask a favour|i need a favour|i need a favor|one favour|one favor|
    if that's alright|if that is alright|if that's all right|if that's fine|if that's possible|if you'd be so kind|if you'd be so good|
    if it please you|if it pleases you|would ya|could ya|will ya|would u|could u|would do nicely|would do|should do|would be fine|should be fine|
    would be enough|should be enough|would suffice|should suffice|sorry to bother you|sorry to disturb you|sorry to trouble you|
    sorry for bothering you|${DAYS}|
    in advance|thanks in advance|thank you in advance|so much in advance|please and thank you|please be advised that|be advised that|please note that|kindly note that|
    to whom it may concern|pretty please|thanks a million|thanks a bunch|ta very much|ta love|bless|
    thank you kindly|with many thanks|many thanks in advance|if it's no trouble|if it is no trouble|
    if it's not too much trouble|if that works|if you're able|if you are able|i beg you|i beg|
    for your old pal|there's a good bot|there's a love|good bot|i trust you|i trust you with it|thank u|tyvm|thnx|thanx|tq|
    please and thank you|grateful|i'd be grateful|would be appreciated|it would be appreciated|
    it'd be great|that'd be great|that'd be lovely|please|pls|plz|kindly|thanks|thank you|thx|ty|tysm|cheers|ta|many thanks|
    thanks a lot|thank you very much|thanks so much|thanks in advance|much appreciated|appreciated|
    appreciate it|i appreciate it|for me|if you can|if you could|if you please|if you would|
    if you will|if possible|if it is possible|if it's possible|if you don't mind|
    if you do not mind|if that's ok|if that's okay|if that is ok|when you can|
    when you get a chance|when you have a moment|when you have a minute|when you have time|
    as soon as you can|as soon as possible|whenever you can|would be great|that would be great|
    it would be great|would be nice|would be lovely|would you|could you|will you|can you|
    thanks ah|ok thanks|ok?|okay?|no rush|no hurry|take your time|would appreciate it|
    i'd appreciate it|i would appreciate it|be a dear|be a star|be so kind|do me a favour|
    do me a favor|as a favour|on my behalf|for us|for my account|on my account|
    if you would be so kind|thank you so much|with thanks|cheers mate|have a nice day|
    have a good one|love you|god bless|bless you|amen|you legend|you rock|you're the best|
    from my trading account|from my usual account|that's all|that is all|that'll be all|
    thats it|thats all|and thats it|gracias|merci|danke|grazie|obrigado|that's it|that will be all|and that's it|nothing else|and nothing else|much obliged|
    please & thank you|will ya|would ya|would you kindly|do the needful|once you can|when ready`,
  filler: `lowkey|highkey|fr fr|frfr|
    at the moment|at present|presently|nowadays|these days|which is why|that's why|that is why|and that's why|for that reason|for this reason|as a result|hence why|this is why|
    to be precise|to be exact|to be specific|ugh|ha|hah|tsk|gosh|gee|blimey|crikey|jeez|sheesh|yikes|yay|woohoo|whoa|wow|omg|meh|pff|pfft|aha|hurrah|hooray|argh|ack|ho hum|oh well|oh boy|oh man|oh dear|oh my|my oh my|good grief|good lord|good heavens|holy moly|holy cow|dang|bloody hell|right so|abeg|oya|biko|sha|sef|och|och aye|aye aye|anot|mah|wor|like actually|like really|like seriously|in all seriousness|to the tune of|in the amount of|to the amount of|in the sum of|to the sum of|
    ooof|uff|ugh|argh|meh|gah|bah|pff|pfft|eek|yikes|yay|woohoo|woot|hooray|hurrah|blimey|crikey|gosh|geez|jeez|sheesh|wow|whoa|wtf|omg|smh|boom|bingo|voila|ahem|psst|hey presto|good grief|oh boy|oh man|oh dear|my god|thank god|thanks god|eureka|wheee|whee|gooo|goooo|let's gooo|lets gooo|lets goo|let's goo|
    at this point in time|more or less|lol|lmao|tbh|imo|fr|ngl|finally|hence|thus|therefore|consequently|accordingly|let's see|altogether|entirely|completely|fully|in hand|so like|like um|um like|and like|uh like|y'know|ya know|i guess so|righto|right-o|
    alrighty then|aight|ight|welp|whew|phew|oof|heh|hehe|lmao|leh lah|lor lah|sia|wah|alamak|
    can lah|ok lah|okay lah|ok can|eh boss|innit though|you see|mind you|
    here|hereinafter|duly|as of now|um|umm|uh|uhm|er|erm|hmm|hm|mmm|eh|ah|oh|aw|so|well|ok|okay|alright|all right|right|
    yeah|yea|yep|yup|yes|aye|sure|anyway|anyways|anyhow|actually|basically|honestly|seriously|
    look|listen|just|simply|you know|i mean it|lah|lor|leh|aiyah|aiya|fine|great|cool|perfect|
    gotcha|lol|haha|now then|by the way|btw|right then|ok then|okay then|also|too|quickly now|
    alrighty|well then|there|again|once more|one more time|once again|yes please|man|dude|bro|
    indeed|only|exactly|precisely|a total of|the sum of|the amount of|in total|all told|
    in one go|hereby|forthwith|frankly|finally|really|yes absolutely|absolutely|definitely|
    certainly|of course|without fail|then and there|innit|yah|ya`,
  urgency:
    `before you do anything else|before you do anything more|before all else|above all else|right this second|right this minute|right this instant|this very second|this very instant|this very moment|today itself|now itself|now only|the noo|in a jiffy|lickety-split|post-haste|posthaste|at the double|in a flash|now now|meaning now|as in now|as of this moment|here and now|at your earliest|without a moment's delay|with haste|if not sooner|if not before|toot sweet|straight off|on the spot|on the dot|
    before anything else|now|right now|rn|immediately|asap|quickly|quick|at once|right away|fast|urgently|
    urgent|this instant|chop chop|already|without delay|straight away|straightaway|this minute|
    this second|today|this very minute|promptly|instantly|pronto|stat|real quick|sharpish|
    by the end of the day|by end of day|by eod|as we speak|immediately please|hurry|hurry up|
    on the double|at your earliest convenience|in no time|swiftly|at this moment|this moment|
    before the end of the day|as fast as possible|as quickly as possible|as fast as you can|
    from now on|nothing more|and nothing more|with immediate effect|effective immediately`,
  address: `anon|my g|gang|broski|brah|bredrin|laddie|lassie|playa|cuzzo|
    bhaiya|duck|me duck|hen|doll|babe|cuz|blud|my trusty bot|trusty bot|trusty friend|good lad|my good man|my good friend|lad|lass|chum|young man|old boy|old bean|my lovely|trusty agent|oga|bossman|boss man|my man|my bot|dear bot of mine|little helper|
    sir or madam|luv|guv|fella|matey|hun|kiddo|bhai|yaar|bruv|dawg|homie|sis|lads|chaps|my guy|
    my dude|big man|comrade|brother|my good bot|old friend|my love|sunshine|champ|ace|legend|
    good sir|kind sir|dear team|dear support|machine|ai|clanker|assistant|agent|bot|boss|mate|buddy|bud|pal|dear|friend|sir|madam|team|folks|everyone|
    computer|robot|lovely bot|my friend|dear assistant|dear agent|dear bot|fam|chief|captain|
    sweetie|honey|love|guys|y'all|darling|old chap|amigo|butler|jarvis|hi team|support|helper`,
  label:
    `consider this final|consider it done|consider this done|verb|operation|action|act|to do|delegation order|staking order|swap order|deposit order|withdrawal order|
    two things|three things|two orders|payday|first things first|a couple of things|process|please process|req|cmd|trade|execute|do|please execute|action required|step one|step two|step three|
    please action|for execution|instruction to agent|directive|errand|mission|urgent|
    note to agent|order for you|order of the day|my order is|here's my order|here is my order|
    order|orders|request|instruction|instructions|command|task|action|payment|job|
    my order|my request|next|next step|step|first|first step|second|third|fourth|second step|
    third step|last step|final step|quick one|one thing|quick request|new order|
    new task|to execute|do this|do it|do the following|please do this|here goes|here we go|
    decision|next one|action item|assignment|item|work order|trade order|a request|an order|urgent request|
    next thing|first thing|last thing|final thing|one more thing|my instruction|my command|
    my instructions|quick thing|first up|next up|that`,
  insistence:
    `here's the deal|here's the thing|long story short|to cut a long story short|to make a long story short|in a nutshell|in a word|in brief|in sum|to sum up|bottom line|the bottom line|upshot|the upshot|tldr|
    listen carefully|listen up|listen here|pay attention|attention|attention please|now hear this|take note|heads up|next on the agenda|next on the list|first on the list|first on the agenda|last on the list|mission for today|your mission|my mission|
    houston we have a problem|houston|abracadabra|presto|hey presto|off you go|on you go|on you go then|away you go|snap to it|hop to it|jump to it|get to it|go to it|look sharp|look lively|look alive|get cracking|crack on|get a move on|get weaving|shake a leg|step on it|make haste|
    get on it|be about it|out of boredom|for no reason|just because|for old times' sake|for luck|and be done with it|and have done with it|
    on reflection|upon reflection|on due reflection|on balance|all things considered|after much thought|after some thought|after a lot of thought|after careful consideration|after due consideration|after long deliberation|
    having thought about it|having slept on it|having thought it through|against my better judgement|against my better judgment|against all advice|against everyone's advice|with a heavy heart|with great pleasure|with great regret|with some regret|
    reluctantly|grudgingly|begrudgingly|gladly|happily|sadly|regrettably|alas|for my sins|much as it pains me|as painful as it is|painful as it is|call me crazy|call me mad|call me old-fashioned|call me a fool|call me nuts|
    laugh all you want|laugh all you like|laugh if you like|laugh if you must|judge me all you want|judge me all you like|judge me if you like|say what you like|say what you will|say what you want|think what you like|think what you will|think what you want|
    i hate to do this|i hate to ask|i hate to say it|hate to say it|before bed|before i go to bed|before i turn in|before i head out|before i log off|
    while it lasts|while i can|while i still can|while i remember|while i have the nerve|while the going's good|while the going is good|while stocks last|while i'm at it|while it's cheap|while it's still cheap|while they're cheap|while it's hot|while it's on sale|
    for the long run|for the long haul|for the long term|for keeps|
    before i get wrecked|before i get liquidated|before it's too late|before i forget|before i fall asleep|before i blow it|before i think better of it|before i spend it|before i do something stupid|before i cave|
    come hell or high water|come what may|come rain or shine|rain or shine|like it or not|by hook or by crook|one way or another|one way or the other|for better or worse|
    for better or for worse|now or never|it's now or never|do or die|ready or not|better late than never|no time like the present|there's no time like the present|
    today is the day|today's the day|now is the time|now is the hour|now is the moment|now's the moment|the time is now|time's come|this is it|this is the day|this is the moment|
    no time to explain|no time to talk|no time to chat|no time to waste|no time to argue|no time to think|no time for questions|no time for chit-chat|no time for this|
    before you ask|before you do anything|simple as that|as simple as that|plain and simple|pure and simple|end of story|end of discussion|case closed|nuff said|that's final|and that's final|that's that|and that's that|
    no simulation|no test|no drill|no rehearsal|no game|no games|no prank|no dry run|no demo|no practice|not a simulation|not a rehearsal|not a game|not a prank|not a dry run|not a demo|
    this is no simulation|this is no test|this is no joke|this is no game|the real thing|the real deal|this is the real thing|this is the real deal|it's the real thing|for real this time|
    i can't stress this enough|i cannot stress this enough|i can't stress it enough|and i can't stress this enough|i kid you not|scout's honour|on my life|upon my word|on my honour|rest assured|make no mistake|
    no cap|no lie|on god|deadass|real talk|full send|send it already|and i mean it|and all i want|and that's an order|and that is an order|whatever it takes|the more the merrier|
    enough dithering about|no more faffing|no dilly dallying|no shilly-shallying|no two ways about this|no skin off my nose|nothing to discuss|nothing to add|nothing else to it|nothing to it|
    ${HEDGES}|
    as i said to you|like i said|as i told you|as discussed|as we discussed|as we agreed|as mentioned|as requested|as instructed|as ever|as you suggested|as you advised|as you recommended|per our chat|per our discussion|
    don't wait around|dont wait around|don't hang about|don't hang around|don't dilly dally|don't dally|don't delay|no dawdling|don't stall|
    i don't care about the price|don't care about the price|i don't care what it costs|don't care about fees|i don't care about fees|i don't care about the fees|i don't care about gas|whatever it costs|cost is no object|
    don't ask again|don't read it back|don't read it back to me|don't ask me again|don't ask me twice|
    to my mind|in my view|in my opinion|as i see it|if you ask me|for my part|from my side|
    time to move on|finally time to move on|time to let go|time for a change|time to act|let's move on|moving on|probably nothing|better safe than sorry|better be safe|i prefer to be careful|i prefer to be safe|to be on the safe side|out of caution|
    don't worry about it|don't worry about that|no worries about that|
    here we are|here you go|there you go|there we go|here goes nothing|no further delay|without further delay|without further ado|no more delay|no more delays|no more waiting|

    and we're good|and we are good|and that's that|that's that|and be done with it|and have done with it|be done with it|and call it a day|call it a day|and call it a night|and call it quits|
    and let's move on|let's move on|and move on|and let me get on with life|and let me get on w life|and let me get on with my life|and let me get on with my day|
    and good riddance|good riddance|and we never speak of it again|and we never speak of this again|and let's never speak of it again|and that's the end of it|and that's the end of that|
    and we're done|and we're even|and we're sorted|and job done|job done|and bob's your uncle|and all is well|and all is good|and off we go|and there we go|and away we go|and that's a wrap|that's a wrap|
    i tell you|i'm telling you|no bells|spare me the chart|spare me the lecture|spare me the details|spare me the questions|confirm & do|confirm and do|confirm and execute|confirm and go|yes confirm|
    bills to pay|i have bills to pay|i've got bills to pay|i've bills to pay|we have bills to pay|got bills to pay|rent to pay|mouths to feed|places to be|places to go|things to do|people to see|
    as i said to you|as i told you|like i told you|as i've said|as i mentioned|as mentioned|as i wrote|it's me again|me again|it's me|
    been a minute|it's been a minute|it has been a minute|been a while|it's been a while|it has been a while|been too long|been a long week|been a long day|been a long month|it's been a long week|
    hear me out|for the love of god|you know what|u know what|know what|tell you what|dead simple|period|full stop|before i change my mind|before i lose my nerve|before i chicken out|before i get rekt|before i regret it|bridge the gap|no more thinking|let's not overthink it|let's not overthink this|don't overthink|dont overthink|don't laugh|dont laugh|don't care about slip|dont care about slip|no point in waiting|no point waiting|
    excuse me|pardon me|kindly action|please action|kindly proceed|kindly arrange|my apologies|apologies|with apologies for the bother|with my apologies for the bother|with apologies for the trouble|apologies for the bother|apologies for the trouble|apologies for the delay|apologies for the hassle|sorry for the bother|sorry for the trouble|sorry to bother you|sorry to trouble you|forgive the intrusion|forgive the bother|pardon the intrusion|if it is no trouble|if it's no trouble|long day|long week|long night|long time|long time no see|it's been a long day|no time|no time to lose|decision is taken|decision taken|the decision is taken|mind made up|my mind made up|lazy me|nothing fancy|no bells and whistles|don't care about slippage|dont care about slippage|dont wait|don't lose time|dont lose time|ez decision|fren|frens|ser|degen mode|done deal|no rush on gas|wagmi|lfg|let's go|good morning to you|good evening to you|oh lovely|how lovely|how exciting|no problem|that is the order|that's the order|the ratio allows it|do that|please do that|do that part|do so|please do so|please do|could you arrange it|can you arrange it|arrange it|could you do that|can you do that|make that so|make that happen|make it happen|please make it happen|see to it|carry it out|please carry it out|execute it|please proceed|go ahead please|please go ahead|kindly do it|do it please|let me be plain|let me be clear|to be clear|to put it plainly|put simply|simply put|in short|in plain words|be quick|be gentle|be careful|please be quick|as the saying goes|as they say|like they say|nothing to lose|not a joke|no joking|enough|sold|i'm sold|i am sold|i'm convinced|
    my mind is made up|my mind's made up|made up my mind|i made up my mind|going for it|
    i'm going for it|final answer|that's my final answer|done deal|here we go|okay you convinced me|
    you convinced me|you've convinced me|i'm doing it|let's roll|let's get on with it|
    let's get this done|get on with it|get it done|no take backs|no takebacks|no faffing|no fuss please|
    hand on heart|hand on my heart|cross my heart|i swear|i promise|trust me|believe me|mark my words|
    no two ways about it|no ands or buts|no ifs ands or buts|no matter|regardless|either way|
    once and for all|for good|for goodness sake|for goodness' sake|for heaven's sake|for pity's sake|
    for god's sake|damn it|dammit|darn it|bugger it|to hell with it|what are we waiting for|
    quit stalling|stop stalling|stop dithering|no stalling|don't sit on it|don't dawdle|
    don't overthink it|don't overthink this|don't mess about|don't mess around|don't bother asking|
    don't bother asking again|don't bother confirming|don't second guess me|don't second-guess me|
    not maybe|no maybes|not a test|this is not a test|this isn't a test|it's not a drill|
    not a question|this is not a question|that's not a question|this is an order|that's an order|
    it's an order|say no more|without any delay|without further delay|with no further delay|
    without more ado|no hesitation|no hesitating|no dithering|no dilly-dallying|no messing around|
    i have decided|i've made my decision|decision made|decision is made|the decision is made|
    i'm all in|i am in|count me in too|about time|it's about time|high time|it's high time|
    long overdue|i'm ready|i am ready|ready|ready now|let's finish this|let's end this|
    nothing more to say|no need to ask|no need to ask me|no need to confirm|no need to double check|
    no need to check with me|you heard me|you heard me right|i know what i'm doing|
    i know what i am doing|i've thought it through|i've thought about it|i thought about it|
    don't hesitate|do not hesitate|don't wait|do not wait|no buts|no ifs|no ifs no buts|
    no ifs or buts|no ifs and no buts|no excuses|no delays|no delay|no questions asked|
    no questions|no joke|no jokes|no kidding|without further ado|without hesitation|
    come on|come on then|go on|go ahead|enough talk|enough waiting|enough dithering|
    no more dithering|no more waiting|no more talk|no more delays|enough said|screw it|sod it|
    stuff it|what the hell|what the heck|why wait|don't wait for me to ask twice|
    i'm not kidding|i'm not joking|i am not kidding|i am not joking|not kidding|not joking|
    i'm serious|i am serious|i'm sure|i am sure|i'm certain|i mean it|you win|decided|
    i've decided|it's decided|i've made up my mind|that settles it|that decides it|it's time|
    time's up|time has come|the time has come|let's go|here goes nothing|count me in|i'm in|
    not gonna lie|not going to lie|to be honest|i won't lie|for the first time|
    for the second time|for the third time|for the last time|for the hundredth time|
    for the umpteenth time|as i said|as i said before|like i said|as requested|as discussed|as you suggested|as you recommended|as you advised|as suggested|as recommended|i ask politely|
    as agreed|as ordered|yolo|let's do it|let's do this|do it|just do it|so do it|do it already|
    do it now|make it so|make it snappy|make it quick|don't be shy|don't think twice|
    don't argue|don't ask|don't dither|don't delay|do not delay|don't stall|
    never fear|no doubt|fear not|i insist|i confirm|i know i know|i know|
    no second thoughts|let's not waste time|let's not wait|don't waste time|enough already|no regrets|with no regrets|no drama|no fuss|no nonsense|no messing|
    no messing about|no matter what|don't worry|no worries|all good|sounds good|deal|
    rip the band-aid off|for real|this one is for real|this is for real|i said|
    not tomorrow|not next week|not later|not in an hour|not next month|not next year|
    not soon|not someday|not another day|make it now|what are you waiting for|
    i can't wait|can't wait|cannot wait|it's not a joke|this is not a joke|
    this is not a drill|not a drill|this is no drill|i won't ask twice|i won't ask again|
    i'm not asking twice|don't make me ask twice|don't make me wait|don't keep me waiting`,
  determiner:
    `${OF_INSTITUTIONS}|my last|our last|the same|that same|this same|the remaining|our remaining|my remaining|a further|a|an|the|my|our|this|that|these|those|some|any|another|more|extra|additional|
    the rest of|what's left of|what is left of|of|worth|worth of|worth in|the rest of|whole|entire|own|other`,
  pronoun: `em|'em|er|it|them|that|those|these|this|everything|all of it|all of them|the lot|
    what comes out|whatever comes out|what i get|whatever i get|what you get|what u get|what i receive|what comes out of it|
    the proceeds|the result|the rest|the whole lot|the whole thing|both|
    everything there|whatever|something|it all|them all|that amount|the same|the same amount|the amount|of which`,
  prep:
    `paying from|paying out of|paid from|paid in|paid for out of|pay for it with|pay for it in|pay for it from|pay for it out of|to be paid in|to be paid with|funded by|funded from|in place of|in lieu of|
    @|vs|versus|in|into|on|onto|to|at|with|from|off|via|through|using|for|over|inside|against|out of|
    towards|toward|over on|over at|in exchange for|in return for|instead of|off of|back into|
    in favour of|in favor of|in its favour for|as|by|per|wi|in favour of|in favor of|back from|back to|out from|outta|within|under|over to|across|in to|on to|thru|frm|upon|backed by|backed with|secured by|secured with|collateralized by|collateralised by|guaranteed by|
    around|between|behind|w|w/|by using|paid with|paid for with|paid for in|paying in|paying with|by way of|use|fro|form|too|frum|on top of`,
  particle: `out of there|to here|back here|back|out|up|off|down|away|over|in|home`,
  and: `n|and|plus|&|+|as well as|along with|together with|and also|
    additionally|and additionally|in addition|and in addition|moreover|and moreover|furthermore|and furthermore|and as well`,
  then:
    `n then|once thats done|and once thats done|when thats done|while ur at it|while youre at it|while u are at it|
    while you're there|while ur there|then|and then|after that|afterwards|and after that|and afterwards|and finally|
    and lastly|lastly|next|and next|followed by|subsequently|once that's done|
    when that's done|once done|when done|once that is done|when it's done|once it's done|
    after which|when it arrives|once it arrives|and when it arrives|and once it arrives|
    secondly|thirdly|firstly|and subsequently|meanwhile|and meanwhile|at the same time|while you're at it|while you are at it|
    thereafter|and thereafter|afterward|and afterwards|and right after|and right after that|subsequent to that|and then finally|
    that done|and that done|this done|that settled|that sorted|with this done|with that sorted|with that out of the way|
    with that done|with that settled|with that in place|and with that done|when that's settled|at last|and at last|
    and then also|and after which|whereupon|once that is settled|immediately thereafter|
    with the proceeds|from there|right after|right after that|immediately after|
    immediately afterwards|when that is done|once they arrive|when they arrive|
    which you then|and which you then|which you should then|which please|which then please|which i then want you to|
    first of all|second of all|last of all|to begin with|to start with|for starters|in the first place|last but not least|
    as a first step|as a second step|as a third step|as a last step|as a final step|in a first step|in a second step|
    as the next step|in the next step|having done so|having done that|following that|following this|thereupon|
    when that is finished|when that's finished|once that is finished|once that's finished|and when that is finished|
    and when that's finished|once you have done so|once you've done so|and once you have done so|and once you've done so|
    once you have done that|once you've done that|after doing so|after doing that|after having done so|
    as soon as that's done|as soon as that is done|as soon as it's done|and as soon as that's done`,
  but: `but|but then|however|though|yet|still`,
  be: `be|is|are|am|gets|being|to be`,
  self:
    `the treasury|the operating treasury|the reserve account|the operating account|our reserves|the ops wallet|our ops wallet|our operating wallet|us|my hands|our hands|our treasury wallet|us|myself|ourselves|my pocket|my pockets|our pockets|my wallet|my account|my address|my main wallet|my own wallet|my usual address|my ledger|
    my cold wallet|my hardware wallet|my trading account|the wallet|my hot wallet|my metamask|
    my trading wallet|my usual wallet|my main account|my own account|me|my balance|
    my savings wallet|my spot wallet|my usual account|wallet|our wallet|my safe|my portfolio|
    my treasury|our treasury|my cold storage|my own address|my main address|my ledger wallet|
    my usual payout address|my primary wallet`,
  reason: `bcs|bcz|bcus|becoz|becuz|cus|cuz|bc|owing to|on account of|
    because|cause|cos|coz|since|as|so that|so i can|so we can|so they can|
    in order to|seeing as|seeing that|given that|now that|considering|so as to|due to|because of|
    thanks to|to help|to pay|to pay for|to cover|to earn|to get|to start|to make|to keep|
    to maximise|to maximize|to receive|to avoid|to fund|to buy a|to buy an|to free up|to lower|
    to reduce my|to improve|to increase my|to boost|to collect yield|and let me|to save|to put it to work|to see some profit|to be safe|to begin earning|
    to begin|to generate|to secure`,
  condition:
    `into one of|in one of|on one of|to one of|with one of|you can|you could|you will|you would|if|when|once|unless|until|till|whenever|provided|providing|assuming|in case|
    as long as|so long as|should|only if|only when|otherwise|else|or else|pending|
    subject to|upon|supposing|suppose|depending|contingent|conditional|given|after|before|
    while|wait|await|as soon as|the moment|the minute|permitting|on condition|whether|in the event|
    every time|each time|barring|eventually|in due course|at some point|the nod|the green light|green light|as plan|failing|plan b|except|unlikely|lest|or`,
  negation:
    `passing on|spare me|spare us|what i said|what we said|what i told you|what i wrote|unsend|unsubmit|last thing i need|last thing we need|last thing i want is|the last thing i want|the last thing we want|last thing i want|the last thing i need|other than|apart from|aside from|save for|barring|yeah right|as if|oh great|oh sure|yeah no|yeah nah|sure thing|big surprise|not really|
    bar the|bar my|by mistake|by accident|not|no|don't|dont|do not|never|cannot|can't|won't|isn't|aren't|without|nor|neither|
    nothing|none|nobody|refrain|avoid|cancel|abort|stop|undo|revert|forget|nevermind|never mind|
    nvm|scratch|retract|retracted|void|oops|rather|instead|hold|skip|ignore|disregard|nope|nah|
    didn't|doesn't|wasn't|haven't|hasn't|wouldn't|shouldn't|couldn't|hardly|barely|
    anti|ain't|veto|except|exclude|excluding|but not|least`,
  speech: `said|says|say|told|tells|tell|asked|asks|ask|wrote|writes|write|typed|types|claims that|
    suggested|suggests|recommends|recommended|advises|advised|repeat|translate|summarise|
    summarize|classify|reads|goes|shout|sing|echo|print|explain|describe|read this|quote|quoted|
    called|named|titled|texted|tweeted|posted|whispered|shouted|replied|answered|mentioned|
    orders me|ordered me|wants me`,
  question: `what|how|why|who|whose|where|which|what's|how's|when's|whats|hows|is it|are there|
    do i|does|did|should i|can i|wondering|wonder|curious|any idea|advice|thoughts|opinion`,
  play:
    `assume|presume|let us assume|let's assume|flip a coin|toss a coin|get ready|be ready|stand by|spell-check|spell - check|spell check|spellcheck|proofread|test|testing|tests|pretend|imagine|example|hypothetical|hypothetically|simulate|simulation|
    simulated|sandbox|mock|draft|drill|practice|backtest|roleplay|role-play|demo|dry run|dry-run|
    fiction|fictional|scenario|experiment|joke|joking|kidding|maybe|perhaps|might|possibly|
    probably|could|would|may|wish|hope|dream|someday|theory|guess|wishlist|rehearsal|paper trade|
    game|movie|novel|poem|lyrics|void|sarcasm`,
  subject: `i|i'm|i've|i'd|i'll|we|we're|we've|we'll|it|it's|there|there's|this|that's|they|they're|
    she|she's|he|he's|everyone|everybody|nothing|nobody|someone|people`,
  adjective:
    `of ours|fixed-rate|fixed rate|variable-rate|floating-rate|floating rate|open-term|doing nothing|straight|directly|secured|idle|spare|remaining|leftover|left over|unused|outstanding|pending|unclaimed|accrued|
    earned|existing|current|available|total|full|new|entire|complete|liquid|owed|due|waiting|
    accumulated|claimable|overdue|recent|extra|little|flat|proportional|sitting|available in my wallet|
    left|old|i can|accruing|vested|matured|built up|that has built up|waiting for me|owed to me|
    due to me|to my name|i have|i own|i hold|we hold|we own|that we hold|we keep|i keep|we staked|that we staked|we borrowed|that we borrowed|we lent|we deposited|we supplied|we drew|we parked|i parked|i still have|we still have|that is held|held|that i have|single-sided|one-sided|one sided|single sided|out-of-range|in-range|safest|highest|best|most liquid|highest apy|highest yield|
    highest-yield|highest yielding|highest-yielding|best apy|best apr|highest apr|lowest fee|cheapest|
    flagship|partner|farming|safety|moderate|overdue|weekly|that's sitting|that is sitting|i owe|that i owe|i earned|i've earned|
    i am owed|i'm owed|i have earned|that i earned|i have there|i've got|we have|i have left|i've accrued|i've got left|
    i deposited|i supplied|i lent|i staked|i borrowed|i put|i've deposited|i've staked|i've supplied|
    i've lent|i've borrowed|i have deposited|i have staked|i have supplied|i have borrowed|i locked|
    i've locked|i got|that i deposited|that i staked|that i borrowed|that i supplied|of mine|
    that's waiting|that is waiting|what is waiting|that are waiting|that have built up|
    there is|there are|from earlier|in my wallet|sitting in my wallet|from my wallet|
    lying around|that's left|that is left|is left|you get|that you get|i get|that i get|we get|that we get|fresh|matching|corresponding|equivalent|equal|regular|actual|resulting|obtained|obtained from it|therefrom|older|previous|former|
    have accumulated|has accumulated|have accrued|has accrued|have piled up|that sits|that sit|which sits|which sit|that lies|that lie|which lies|that i keep|that we keep|which i keep|which we keep|
    immediate|prompt|speedy|voluntary|orderly|one-off|single|smaller|lighter|
    that belong to me|that belongs to me|which belong to me|which belongs to me|that are mine|that is mine|that's mine|which are mine|which is mine|coming to me|
    smaller|serving as collateral|that serves as collateral|which serves as collateral|that serve as collateral|
    merit|merkl|seasonal|season|mining|liquidity mining|smoothing pool|loyalty|
    ${DONE_TO}|
    ${YIELDED}`,
  before:
    `before you do so|before doing so|before you do that|before doing that|before you|before|before we|but before that|prior to|but prior to|prior to this|prior to that|but prior to this|but prior to that|beforehand|but beforehand|but first|but before this|
    before i|before that|before this`,
  after:
    `after|once you've|once you have|after you've|after you have|after having|having first|after you|once you|
    as soon as you've|as soon as you have|when you've|when you have|only after`,
  correction:
    `hang on|hang on a sec|hang on a second|no hang on|fat fingers|fat finger|fat-fingered it|butterfingers|wrong key|my finger slipped|finger slipped|i should say|should say|let me rephrase|let me correct myself|let me fix that|er no|uh no|um no|no no|
    i meaned|i intended|i wanted to say|i want to say|i say|i said wrong|i said it wrong|i wrote wrong|i wrote it wrong|i mistyped|mistyped|i mistook|misspoke|my typo|small typo|typo there|er sorry|uh sorry|ah sorry|oh sorry|so sorry|
    what i said was wrong|the amount i said was wrong|the amount was wrong|that was wrong|that's wrong|i gave the wrong amount|i said the wrong amount|i wrote the wrong amount|i said the wrong coin|i named the wrong coin|
    ${WRONG}|nah|nope|no hold on|no hang on|oh hold on|oh hang on|wait hold on|i misspoke|i mis-spoke|i misspeak|mis-spoke|beg pardon|beg your pardon|begging your pardon|i do beg your pardon|my error|my apologies no|
    i stand corrected|silly me|silly of me|slip of the pen|slip of the keyboard|typo|correction|or rather|rather|i meant to say|actually just|actually only|i beg your pardon|let me correct that|my mistake|my bad|i mean|no wait|wait no|or rather|sorry|scratch|correction|make that|i meant|
    hold on ,|hang on ,|hang on no|hold on no|hang on a sec|hang on a second|hang on a minute|scrap that|strike that|sry|soz|whoops|
    fat thumbs|fat fingers|fat finger|fat fingered|sry fat thumbs|sorry fat thumbs|sorry fat fingers|typed it wrong|
    typed that wrong|i typed it wrong|mistyped|i mistyped|slip of the finger|slip of the tongue|
    let me rephrase|let me start again|let me start over|let me correct myself|wrong number|wrong amount|
    or should i say|i should say|that's wrong|thats wrong|that was wrong|no that's wrong|no thats wrong|
    no the other way round|no the other way around|no other way round|wrong way round|wrong way around|
    no my mistake|no my bad|no i mean|no i meant|er no|erm no|uh no|um no|ah no|oh no|argh no|
    wait|no|actually make that|actually make it|make it|oops|scratch that`,
};

function meaning(role: string, phrases: Iterable<string>): [string, Sense][] {
  const sense: Sense = { role: role as PlainRole };
  return Array.from(phrases, (phrase) => [phrase, sense]);
}

/** Words of the language and what they may be. */
export const ENGLISH: readonly (readonly [string, Sense])[] = [
  ...Object.entries(PLAIN).flatMap(([role, text]) => meaning(role, list(text))),
  ...Object.entries(TALK).flatMap(([role, phrases]) => meaning(role, new Set(phrases))),
  ...FRAMES,
];
