import type { PlainRole } from "../sense.ts";

/** Words separated by bars, phrases with spaces. */
export const list = (text: string): string[] =>
  text.replace(/\s+/g, " ").split("|").map((phrase) => phrase.trim()).filter((p) => p !== "");

/** Every phrase of one list before every phrase of another. */
export const pairs = (starts: string, ends: string): string[] => {
  const tails = list(ends);
  return list(starts).flatMap((start) => tails.map((end) => `${start} ${end}`));
};

const GREETINGS = [
  ...pairs(
    "happy",
    `monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|new year|new years|holidays|
    holiday|birthday|easter|thanksgiving|halloween|diwali|hump day|new week|anniversary`,
  ),
  ...pairs(
    "how's|hows|how is|how are",
    `things|life|tricks|everything|your day|your day going|your day been|your morning|your evening|
    your weekend|your week|you keeping|you today|u|ya|u doing|ya doing|we doing|we feeling`,
  ),
  ...pairs(
    "what a",
    `day|week|month|year|night|morning|mess|ride|match|game|beautiful day|lovely day|long day|
    lovely morning|day it has been|day it's been|week it's been|time to be alive`,
  ),
  ...pairs(
    "nice|good|great|lovely|pleased|so good",
    "to see you|to see you again|to meet you|to hear from you|to be back",
  ),
  ...pairs(
    "how's the|how is the|how are the|how's your|how are your|hows the|hope the",
    `family|wife|kids|missus|children|little ones|folks|dog|weather|weather there|weather over there|family keeping|
    family doing|kids doing|family is well|family are well|kids are well`,
  ),
  ...list(
    `hullo|hullo there|'ello|ello|ahoy|ahoy there|hey hey|hi hi|yo yo|ayo|eyo|wotcha|wagwan|wassup|greetings and salutations|
    mine are well|mine is well|mine are fine|all well here|all good here|all is well here|all well at my end|
    how do you do|how have you been|how've you been|how you doing|how r u|merry christmas|
    merry xmas|season's greetings|eid mubarak|ramadan mubarak|what's new|whats new|what's cooking|
    what's happening|what's poppin|it's me again|its me again|me again|tis me again|only me|
    only me again|you alright|you good|u good|all right there|top of the morning|good night|
    goodnight|night night|nighty night|g'day|morning all|evening all|afternoon all|
    hola|bonjour|ciao|salut|namaste|salaam|salam|shalom|aloha|konnichiwa|servus|moin|hallo|ola|
    yo bot|hey bot|hi bot|dear sirs|dear sir|dear madam`,
  ),
];

const COURTESIES = [
  ...pairs(
    "thanks|thank you|thank u|thx|thanx|ta|cheers|many thanks|sincere thanks",
    `ever so much|a million|a bunch|a ton|a lot|loads|heaps|tons|so very much|very much|very much indeed|so much|
    awfully|again|as always|as ever|in anticipation|
    from the heart|a thousand times|so so much`,
  ),
  ...pairs(
    "you're|you are|youre|ur|u r",
    `a star|a legend|an angel|a gem|a diamond|a lifesaver|a life saver|a gent|a gentleman|a champ|
    a hero|a peach|a darling|a dear|a doll|a treasure|a saint|a godsend|
    a beauty|a good egg|a sweetheart|a love|a brick|a pal|a real pal|a good bot|a king|
    a queen|the best|the man|the greatest|the bomb|too kind|very kind|so kind|most kind|amazing|
    awesome|brilliant|wonderful|ace|an absolute star|an absolute legend|an absolute angel|
    an absolute gem|a superstar|a lifesaver mate`,
  ),
  ...pairs(
    `if it's not too much|if it isn't too much|if it is not too much|if that's not too much|
    if that isn't too much|if its not too much`,
    "bother|trouble|hassle|of a bother|of a hassle|to ask|work|of an ask|of a nuisance",
  ),
  ...pairs(
    "if it's no|if it is no|if that's no|if its no",
    "bother|hassle|problem|trouble at all|bother at all|imposition",
  ),
  ...list(
    `if you wouldn't mind|if you would not mind|if it's all the same to you|if you can manage it|
    if you get a sec|when you get a sec|when you have a sec|when you've a moment|
    when you've got a sec|when you get a minute|when you get a moment|i owe you one|owe you one|
    ever so grateful|ever so kind|so grateful|very grateful|most grateful|eternally grateful|
    forever grateful|forever in your debt|i'm grateful|i am grateful|much appreciation|
    with my thanks|with gratitude|with appreciation|goodbye|bye|bye bye|see ya|see you|cya|take care|
    sweet dreams|sleep well|sleep tight|kind regards|best regards|warm regards|regards|
    best wishes|all the best|yours sincerely|yours faithfully|yours truly|respectfully yours|
    good work|nice one|good job|good stuff|top man|good lad|good man|good girl|good boy|
    there's a good lad|there's a good chap|there's a dear|there's a star|there's a pal|
    please do oblige|ever so kindly|much love|big love|lots of love|god bless you|bless your heart|
    bless your cotton socks|bless ya|would ye|will ye|could ye|wouldya|willya|couldya|
    porfa|porfis|porfavor|por favor|bitte|bitte schön|svp|stp|per favore|prego|onegai|kudasai|
    tolong|abeg|abegi|biko|jare|lütfen|lutfen|prosze|proszę|tafadhali|asseblief|alstublieft|
    arigato|arigatou|spasibo|shukran|shukriya|dhanyavaad|mahalo|xiexie|terima kasih|salamat|
    obrigada|kiitos|asante|takk|danke schön|danke schon|vielen dank|merci beaucoup|
    muchas gracias|mille grazie|grazie mille`,
  ),
];

const FILLERS = list(
  `fr fr|no cap|ong|on god|deadass|istg|wallah|wallahi|vallah|inshallah|inshaallah|mashallah|
  lowkey|highkey|bruh|ffs|omg|omfg|wtf|damn|dang|gosh|golly|blimey|crikey|crumbs|jeez|sheesh|
  hell yeah|heck yeah|hell yes|heck yes|ugh|argh|gah|yikes|whoa|woah|wow|yay|woohoo|hooray|
  long story short|to cut a long story short|in a nutshell|bottom line|cutting to the chase|
  to get to the point|to come to the point|as it happens|funnily enough|come to think of it|
  believe it or not|needless to say|against my better judgement|against my better judgment|
  for better or worse|for what it's worth|fwiw|so to speak|by all means|without question|
  no question|no question about it|without a doubt|without doubt|beyond doubt|beyond all doubt|
  beyond any doubt|make no mistake|formally|officially|for the record|most respectfully|
  respectfully|humbly|cordially|gladly|happily|merrily|cheerfully|sincerely|earnestly|politely|
  gratefully|nothing personal|no offence|no offense|as per usual|same as ever|same old same old|
  fair enough|fair play|rightio|okey dokey|okey-dokey|okie dokie|oki doki|okidoki|very well|jolly good|
  splendid|marvellous|marvelous|lovely jubbly|smashing|spiffing|capital idea|crack on|hey ho|
  heigh ho|ho hum|oh well|ah well|oh my|my oh my|dear me|oh dear|good grief|good lord|good heavens|
  and yeah|but yeah|so yeah|um yeah|yeah so|yeah well|yeah yeah|yeah ok|yeah okay|yup yup|
  yes yes|yes yes yes|yes indeed|yes sir|aye aye|ok ok|okay okay|oki|okey|tbf|iirc|afaik|
  be that as it may|like it or not|so instead|
  and instead|but instead|
  after all|preferably|ideally|all things considered|everything considered|all in all|by popular demand|for my sins|for a change|
  for the heck of it|for the hell of it|to the value of|to the tune of|to the amount of|in the amount of|in the sum of|for the amount of|
  for the sum of|in the quantity of|amounting to|totalling|totaling|for a total of|in the region of exactly`,
);

/** How, and after what thought: "with a heavy heart", "on reflection". */
const MOODS = [
  ...pairs(
    "with",
    `a heavy heart|great pleasure|pleasure|joy|great joy|regret|some regret|great regret|
    much regret|a smile|a big smile|tears in my eyes|trembling hands|shaking hands|shaky hands|
    confidence|full confidence|all due respect|respect|a clear head|a clear mind|fingers crossed|
    my blessing|immense joy|a sigh|a deep sigh|a light heart|enthusiasm|great enthusiasm`,
  ),
  ...pairs(
    "on|upon",
    "reflection|balance|the whole|consideration|mature reflection|careful reflection",
  ),
  ...pairs(
    "after",
    `much thought|careful thought|careful consideration|much deliberation|long thought|some thought|
    thinking it over|thinking about it|sleeping on it|a long think|due consideration|
    a good night's sleep|a lot of thought|long deliberation|much consideration|giving it some thought|
    careful deliberation|weighing it up|weighing the options`,
  ),
  ...pairs(
    "as a|as a little|as a small|as a birthday|as a late",
    `treat|present to myself|gift to myself|treat to myself|treat for myself|present for myself|
    gift for myself|birthday present to myself|birthday gift to myself|reward to myself`,
  ),
];

const URGENCIES = [
  ...pairs("right this|this very|this", "second|minute|instant|moment"),
  ...pairs(
    "no time to|no time for|there's no time to|there is no time to|we have no time to|i have no time to",
    `explain|talk|waste|chat|chatter|think|lose|argue|discuss|discuss it|explain it|questions|
    explanations|small talk|pleasantries|chit-chat|discussion|talking`,
  ),
  // What bids to act, so that it asks where nothing else does: "500 USDC to SOL, do it"
  ...list(
    `do it|just do it|so do it|please do it|do it already|do it now|do it please|do it fast|do it quick|do it quickly|
    do this now|make it so|make it happen|make it quick|make it snappy|get it done|get this done|
    get on it|get on with it|go for it|go on then|let's go|lets go|let's gooo|lets gooo|let's do it|lets do it|let's do this|lets do this|
    let's get it|lfg|lfgg|lfggg|let her rip|let it rip|hop to|execute now|go ahead|fire away|full send|
    make it quick please|make it fast|hurry`,
  ),
  ...list(
    `emergency|it's an emergency|its an emergency|this is an emergency|code red|mayday|sos|
    time is money|time is short|time's short|time is of the essence|time's ticking|
    the clock is ticking|clock is ticking|clock's ticking|tick tock|step on it|
    get cracking|get a move on|look sharp|look lively|look alive|shake a leg|spit spot|double quick|
    lickety split|lickety-split|post haste|post-haste|posthaste|in a jiffy|in a flash|
    in a heartbeat|here and now|today itself|today itself now|do it this instant|
    drop whatever you're doing|drop what you're doing|hop to it|jump to it|
    snap to it|get to it|like right now|like now|quick sharp|quick smart|chop-chop|chop chop chop|
    quick quick quick|hurry hurry|hurry hurry hurry|now now now|now or never|it's now or never|
    its now or never|jaldi|jaldi jaldi|yalla|vamos|andale|ándale|oya|vite|schnell|rapido|
    rápido|pronto pronto|go go|go go go|before anything|with all speed|with all haste|
    with the utmost haste|at top speed|at full speed|full speed ahead|full steam ahead`,
  ),
];

/** What one is told to stop before he gets on with it. */
const IDLING =
  `dithering|dawdling|waiting|waiting around|stalling|faffing|faffing about|messing about|
  messing around|mucking about|mucking around|talking|chatting|yapping|chattering|blathering|
  asking|asking questions|asking me|asking me questions|asking if i'm sure|asking whether i'm sure|
  asking me if i'm sure|asking me whether i'm sure|asking if im sure|asking for confirmation|
  asking why|thinking|overthinking|overthinking it|overthinking this|hesitating|delaying|
  procrastinating|worrying|worrying about it|worrying about me|whining|complaining|moaning|
  lecturing|lecturing me|nagging|nagging me|warning me|second-guessing|second-guessing me|
  second guessing me|arguing|arguing with me|loitering|idling|loafing|loafing about|slacking|
  slacking off|beating around the bush|beating about the bush|dragging your feet|wasting time|
  wasting my time|sitting there|sitting around|sitting on your hands|twiddling your thumbs|
  playing games|being silly|being shy|being lazy|being so slow|joking|joking around|
  fooling around|fannying about|pussyfooting|pussyfooting around|dilly-dallying|dillydallying|
  lollygagging|staring at me|stressing|sulking`;
const SMALL_TALK =
  `tutorial|tutorials|walkthrough|explanation|explanations|disclaimer|disclaimers|fine print|small print|
  formalities|ceremony|fuss|faff|hand-holding|jargon|history lesson|life story|theatrics|usual lecture|
  usual speech|usual sermon|usual disclaimers|usual disclaimer|usual questions|usual chatter|usual spiel|spiel|ted talk|pep talk|
  small talk|smalltalk|chit-chat|chit chat|chitchat|chatter|pleasantries|lecture|lectures|
  speech|sermon|niceties|chat|banter|waffle|nonsense|drama|preamble|jokes`;

/** "stop dawdling", "skip the small talk": against waiting, and not against the order. */
const STOPS = [
  ...pairs("stop|quit", IDLING),
  ...pairs(
    "forget the|forget about the|skip the|cut the|never mind the|spare me the|enough with the|enough of the|leave out the|save the",
    SMALL_TALK,
  ),
];

const INSISTENCES = [
  ...STOPS,
  ...pairs(
    "every",
    `little helps|bit helps|bit counts|little counts|penny counts|penny helps|cent counts|cent helps|sat counts|satoshi counts|
    drop counts|wei counts|gwei counts|dollar counts|coin counts|crumb counts|cent matters|penny matters|
    sat matters|bit matters|drop matters|second counts|minute counts|second matters`,
  ),
  ...pairs(
    "my mum|my mom|my mama|my momma|my mother|my dad|my parents|my gran|my grandma|mama|momma",
    `raised me right|raised me well|raised me better|taught me well|didn't raise a fool|didn't raise no fool|
    didn't raise a quitter|didn't raise no quitter|would be proud|will be proud|would be so proud`,
  ),
  ...list(
    `of my own free will|of my own accord|
    of my own volition|under no duress|i'm sober|i am sober|stone cold sober|being of sound mind|of sound mind|
    of sound mind and body|i'm of sound mind|not in a minute|not in a bit|
    not the day after|starting the clock|taking one for the team|
    trusting the process|keeping it simple|keeping it moving|playing it safe`,
  ),
  ...pairs(
    "without the|without any|without a|and without the|and without any|and without a|without further|without more|without any more|with no|with no more|without all the",
    SMALL_TALK,
  ),
  ...pairs("enough|no more", SMALL_TALK),
  ...pairs("enough|no more", IDLING).filter((phrase) => !/(?:enough|more) \S+ /.test(phrase)),
  ...pairs(
    "never been|i've never been|i have never been|never felt|couldn't be|i couldn't be|could not be|can't be",
    "surer|more sure|more certain|more serious|more decided|more ready|clearer|happier",
  ),
  ...pairs(
    "nothing|nothing more|nothing else|nothing left",
    "to discuss|to talk about|to think about|to add|to debate|to explain|to consider|to argue about",
  ),
  ...pairs(
    "a thousand times|a hundred times|a million times|ten times|one hundred times",
    "yes|over",
  ),
  ...pairs(
    "no|no more|no further",
    `discussion|debate|argument|arguments|arguing|backing out|turning back|going back|negotiation|
    negotiations|chickening out|backsies|procrastinating|hanging about|hanging around|
    beating around the bush|small talk|chit-chat|chitchat|explanations|questions needed`,
  ),
  ...pairs(
    "don't|dont|do not",
    `ask me twice|ask twice|ask me again|ask again|ask me why|ask why|ask questions|
    ask any questions|ask me if i'm sure|ask if i'm sure|ask me whether i'm sure|ask me anything|
    argue with me|question it|question me|judge me|judge|laugh at me|be silly|be slow|
    talk me out of it|try to talk me out of it|try to stop me|try and stop me|stop me|
    make me repeat myself|make me beg|make me say it twice|make me say it again|drag your feet|
    dilly-dally|dilly dally|hang about|hang around|hold back|just stand there|just sit there|
    stand there|forget anything|miss anything|leave anything behind|skimp|mind me|panic|fret|
    be scared|be afraid|let me down|disappoint me|fail me|screw this up|screw it up|mess this up|
    mess it up|botch it|muck it up|cock it up|blow it|bore me|lecture me|nag me|nag|warn me|
    look at me like that|waste a second|waste another second|waste another minute|waste my time|
    waste any time|waste any more time|lose any time|wait any longer|wait a second longer|
    wait another second|wait another minute|hold off|hold off any longer|wait around|you worry|
    even ask|sleep on it|keep me hanging|leave me hanging`,
  ),
  ...pairs(
    "i'm not|i am not|im not|not|we're not|we are not",
    `waiting|hanging about|hanging around|sticking around|taking chances|taking any chances|asking for advice|asking for permission|asking your opinion|asking for your opinion|
    asking for an opinion|asking a question|asking you a question|messing|messing about|
    messing around|playing around|playing games|bluffing|repeating myself|waiting any longer|
    waiting any more|waiting anymore|waiting a minute longer|waiting around|up for debate|
    up for discussion|negotiable|here to chat|here to talk|in the mood|in the mood to wait|
    in the mood to chat|in the mood to argue|getting any younger|greedy|fussy|picky|in doubt`,
  ),
  ...pairs(
    "i won't|i will not|won't|not gonna|not going to|i'm not going to|i'm not gonna",
    "repeat myself|say it twice|say it again|repeat it|beg|ask a second time|be told otherwise",
  ),
  ...pairs(
    "i'm done|im done|done|i'm tired of|im tired of|tired of|sick of|i'm sick of|i'm through|fed up with|fed up of",
    "waiting|thinking|dithering|hesitating|talking|overthinking|procrastinating|stalling",
  ),
  ...pairs("that's|that is|it's|it is|this is|and that's", "final|settled|decided|my final word"),
  ...pairs(
    "no|not|no more , no|no more and no|no more no|nothing more , nothing|nothing more nothing|nothing more and nothing|not more , not",
    "less",
  ),
  ...pairs(
    "not a|not one|not a single|and not a|and not one",
    "penny more|penny less|cent more|cent less|drop more|drop less|wei more|wei less|token more|coin more|satoshi more|satoshi less",
  ),
  ...pairs(
    "not a|not one|and not a|and not one|not a single|no|nothing|and nothing|not",
    "penny more or less|cent more or less|drop more or less|wei more or less|token more or less|coin more or less|satoshi more or less|penny more nor less|cent more nor less|drop more nor less|more or less|more nor less|more and nothing less",
  ),
  ...pairs(
    "don't tell|dont tell|don't you tell|let's not tell",
    `anyone|anybody|my wife|my husband|my boss|my mum|my mom|mum|mom|my dad|the wife|the missus|
    a soul|the kids|my accountant|my partner|my girlfriend|my boyfriend|the boss|my mother|nobody`,
  ),
  ...pairs(
    "help a|do a",
    `homie out|dude out|lady out|gal out|buddy out|chap out|lad out|fellow out|soul out|
    brother out|bro out|sister out|friend out|fella out|guy out|girl out|pal out|mate out|man out|
    brotha out|guy a favour|guy a favor|girl a favour|friend a favour|mate a favour`,
  ),
  ...list(
    `while the going is good|while the going's good|while i still can|while i can|while it lasts|
    while there's still time|while there is still time|while we're young|while i'm still awake|
    while gas is cheap|while gas is low|while fees are low|while it's cheap|while it's hot|
    what could go wrong|what could possibly go wrong|what can go wrong|no biggie|no big deal|
    no sweat|no stress|no pressure|no problemo|no hard feelings|simple as that|easy as that|simple as|
    easy as pie|bob's your uncle|and bob's your uncle|there you go|there we go|ta da|tada|voila|
    nuff said|mic drop|last but not least|and last but not least|here's the deal|heres the deal|
    here's the thing|heres the thing|here's what's up|the thing is|roger that|roger|copy that|
    affirmative|that's correct|that is correct|
    bingo|quite right|damn right|too right|right you are|you got it|you bet|got it|ok got it|
    hold my beer|hold my pint|hold my drink|hold on to your hat|hold on to your hats|guess what|
    you'll never guess what|time's a-wasting|times a wasting|let's get this show on the road|
    let's get this party started|and don't spare the horses|don't get me wrong|dont get me wrong|don't look so surprised|don't look at me|
    don't take it personally|don't take this the wrong way|can't complain|cant complain|
    nobody asked|nobody asked me|help me out|help me out here|help us out|help me out please|
    give me a hand|lend me a hand|long time no chat|long time no talk|long time no speak|
    because i can|just because i can|just because|because why not|because i said so|
    because i want to|cos i can|cuz i can|coz i can|no way|no way no how|no chance|end of|end of story|end of discussion|end of debate|end of conversation|case closed|
    final decision|my final decision|non-negotiable|now now then|you know the drill|
    i said what i said|my decision is made|my decision is final|the decision is final|
    decision final|it's a go|its a go|it's a yes|that's a yes|that's a go|we're a go|all systems go|
    i've thought long and hard|
    i've thought about it long and hard|i've made up my mind|i give in|you've twisted my arm|
    twist my arm|go for it|let's go for it|let's rock|let's roll with it|let's crack on|
    let's get cracking|let's get to it|let's get going|let's get moving|let's get down to business|
    let's get to business|down to business|to business|back to business|straight to the point|
    straight to business|let's cut to the chase|let's get to the point|getting straight to the point|
    to the point|it's happening|it's on|game on|bombs away|damn the torpedoes|fortune favours the bold|
    fortune favors the bold|leap of faith|here we are|oh what the hell|oh what the heck|
    oh go on then|go on then|ah go on|ah go on then|why the hell not|why the heck not|what's the worst that could happen|
    don't mind if i do|this isn't a joke|this isn't a drill|it isn't a test|it's no test|
    no test|not a rehearsal|this is no joke|it's no joke|no bluff|i wouldn't mind at all|
    in fact i insist|i really insist|i absolutely insist|i must insist|idc|idgaf|
    no typo|not a typo|that's no typo|that's not a typo|it's not a typo|it isn't a typo|this is not a typo|and that's no typo|
    no mistake|you read that right|yes you read that right|you read it right|you heard that right|yes really|
    i was clear|i was perfectly clear|i was perfectly clear the first time|i was clear the first time|i've been clear|i thought i was clear|i thought i'd been clear|
    i think i was clear|i made myself clear|i believe i was clear|i hope that's clear|i hope i'm clear|as i already said|on the contrary|to the contrary|quite the contrary|au contraire|
    i don't care what anyone says|i do mean it|i really mean it|i really do mean it`,
  ),
];

const ADDRESSES = list(
  `sweetheart|king|queen|habibi|habibti|bb|babe|baby|dearie|ducky|petal|bestie|compadre|chum|
  mon ami|cuz|squire|gaffer|boyo|sport|hombre|guv'nor|governor|mister|sirs|gents|ladies|
  gentlemen|ladies and gentlemen|broski|bro bro|brotha|brah|bredren|blud|fellas|geezer|homeslice|
  amigos|hermano|primo|jefe|senor|señor|monsieur|mein freund|old bean|old boy|old thing|
  old sport|my good man|my good fellow|my lovely|my dear|my dear fellow|my dear chap|my man|
  my king|my queen|my bro|my boy|my darling|my angel|my hero|my little robot|dear robot|
  dear computer|dear machine|bot buddy|mr bot|mr robot|mister bot|mister robot|little bot|
  good machine|my dear bot|my dear robot|wise one|oh wise one|oh mighty bot|almighty bot|guvnor|treacle|
  hen|lass|lad|laddie|chuck mate|cobber|digger|bossman|boss man|big dog|top dog|maestro|
  professor|doc|superstar|legend mate`,
);

/** Words of feeling before a thing: "my damned ETH". */
const ADJECTIVES = list(
  `lil|lil'|wee|cheeky|precious|lonely|measly|humble|beloved|dusty|shiny|bloody|damned|darn|goddamn|
  goddamned|stupid|silly|dumb|poor|poor old|dear old|trusty|faithful|hard-earned|hard earned|stinking|
  blasted|fucking|freaking|effing|flippin|flipping|frigging|sweet sweet|lovely little|puny|paltry|
  godforsaken|wretched|cursed|smol|teeny|teeny tiny|itty bitty|crummy|lousy`,
);

const LABELS = [
  ...pairs(
    `wee|a wee|small|a small|tiny|a tiny|little|a little|quick|a quick|just a quick|one quick|
    one small|one little|one tiny|another|another quick|one more|one last|just one more|
    one final|a final|last|simple|a simple|easy|an easy|big|a big|huge|a huge`,
    "favour|favor|request|ask|job|task|thing",
  ),
  ...list(
    "action required|action required of you|action needed|for immediate action|for your action",
  ),
  ...list("new one|new order|new request|new instruction|change of plan|change of plans"),
  ...list("the job|today's job|today's task|job for you|a job for you|task for you|job of the day"),
];

/** Small talk, thanks, haste and insistence, by what may be put together. */
export const TALK: Readonly<Partial<Record<PlainRole, readonly string[]>>> = {
  greeting: GREETINGS,
  courtesy: COURTESIES,
  filler: [...FILLERS, ...MOODS],
  urgency: URGENCIES,
  insistence: INSISTENCES,
  address: ADDRESSES,
  label: LABELS,
  adjective: ADJECTIVES,
  determiner: list("da|teh|ma|me own|my own|our own|my very own|mah|muh"),
};

/** "stop dawdling and", "skip the chatter and": what one is to get on with follows. */
export const STOPS_AND: readonly string[] = STOPS.map((phrase) => `${phrase} and`);
