import { list, pairs, STOPS_AND } from "./talk.ts";

/** Ways of asking that a verb in its base form follows. */
const POLITE = [
  ...pairs(
    `any chance|is there any chance|is there a chance|any possibility|is there any possibility|
    any way|is there any way|is there a way|any hope|what are the chances|any chance at all`,
    `you could|you can|you'd|you would|you might|you'll|u could|u can|u would|u'd|ya could|
    you could please|you can please|that you could|that you can|that you'd|that you might`,
  ),
  ...pairs(
    "would it be|is it|would that be|will it be",
    `too much to ask you to|too much to ask for you to|too much trouble to|too much bother to|
    too much of a bother to|too much trouble for you to|too much of an imposition to|
    a bother to|a bother for you to|a problem for you to|ok for you to|okay for you to|
    alright for you to|all right for you to|possible for you to|rude to ask you to|
    cheeky to ask you to|impertinent to ask you to|too forward to ask you to`,
  ),
  ...pairs(
    "could i|can i|may i|might i|could we|may we",
    `persuade you to|prevail on you to|prevail upon you to|impose on you to|impose upon you to|
    beg you to|request you to|request that you|ask that you|kindly ask you to|politely ask you to|
    please ask you to|bother you to please|trouble you please to|call on you to|call upon you to`,
  ),
  ...pairs(
    "would you|could you|will you|can you",
    `be willing to|be prepared to|care to|be a dear and|be an angel and|be a star and|be a love and|
    be so good and|be a pal and|be a sport and|be a darling and|be a sweetheart and|be so kind and|
    be kind enough and|do me a favour and|do me a favor and|do us a favour and|do us a favor and|
    do me a solid and|do me a kindness and|find it in your heart to|find the time to|
    find a moment to|manage to|go ahead and|please go ahead and|go and|quickly go and|maybe just|
    see about`,
  ),
  ...pairs(
    "do you think you|do you reckon you|d'you think you|do you suppose you|think you|reckon you|you think you",
    "could|can|could just|can just|might",
  ),
  ...pairs(
    "i don't suppose|don't suppose|dont suppose|i dont suppose",
    "you could|you'd|you would|you can|you might|you'd be able to|u could|u can",
  ),
  ...pairs(
    "why don't|why dont|why doesn't",
    "u|you|ya|you just|you go ahead and|u go ahead and|u just",
  ),
  ...pairs(
    "i must|i'd|i would|i shall|i will|i'd like to|i would like to|i want to|i wish to|let me|allow me to|i have to|i kindly|i politely|we kindly",
    "ask that you|ask you to|request that you|request you to|kindly ask you to|beg you to|beg that you",
  ),
  "allow me to",
  ...pairs(
    "what i'm|what i am|what im|all i'm|all i am|all im",
    "saying is|asking is|asking you is to|asking for is that you|telling you is to|telling you is",
  ),
  ...pairs(
    "what i want is for|what i need is for|all i want is for|all i need is for|what i'd like is for",
    "you to",
  ),
  "permit me to",
  ...pairs(
    "won't you|wont you|won't ya",
    "please|kindly|just|be a dear and|be a love and|be an angel and|be a pal and|do me a favour and|do me a favor and",
  ),
];

/** More of them: "might you be able to", "hoping you could". */
const POLITER = list(
  `mind if i ask you to|do you mind if i ask you to|would you mind if i asked you to|
  might you be able to|might you be so kind as to|would u be able to|will you be able to|
  wouldja|couldja|might you|
  can ya please|are you free to|
  are you in a position to|if i may ask you to|if i might ask you to|i was going to ask you to|
  i was gonna ask you to|i was wondering whether you could|i was wondering whether you might|
  i was wondering if you might|i was wondering if you'd|i was wondering if you would|
  i wonder whether you could|i wonder if you might|i wonder if you'd|i wonder if you would|
  i was hoping that you could|i was hoping you might|i was hoping you'd|hoping you can|
  hoping you could|hoping u can|wondering if you could|wondering if u could|
  i'd love for you to|i would love for you to|i'd love it if you'd|i'd be thankful if you'd|
  i'd be grateful if you'd|i'd be happy if you'd|i'd be glad if you'd`,
);

/** Two negations, or one that is against not doing it. */
const DOUBLE = [
  ...pairs(
    "don't|dont|do not|don't you|don't ever|don't you ever|don't you dare|do not dare|do not ever|let's not|let us not",
    "fail to|neglect to|omit to|forget to",
  ),
  "don't you dare not to",
  "mustn't forget to",
  "must not forget to",
  "i mustn't forget to",
  "we mustn't forget to",
  ...pairs(
    "i'd be|i would be|we'd be|you'd be|it'd be|it would be",
    `mad not to|silly not to|crazy not to|foolish not to|stupid not to|daft not to|nuts not to|
    insane not to|remiss not to|rude not to|wrong not to|dumb not to|bonkers not to|lazy not to`,
  ),
  ...pairs(
    "i'd be|i would be|it'd be|it would be",
    `a fool not to|an idiot not to|a moron not to|a shame not to|a crime not to|a sin not to|
    a waste not to|a pity not to|a mistake not to`,
  ),
  ...pairs(
    "under no circumstances|on no account|whatever you do don't",
    "forget to|fail to|neglect to",
  ),
  ...pairs(
    "i|we|i simply|i just|you",
    "can't not|cannot not|cant not|couldn't not|can't help but|cannot help but|cannot but",
  ),
  "can't not",
  "cannot not",
  "can't help but",
  ...pairs(
    "i see|i can see|i have|i've|i've got|i've found|there is|there's|see|we see|we have",
    "no reason not to|no good reason not to|no earthly reason not to|no argument not to|no cause not to|every reason to",
  ),
  "no reason not to",
  "can't think of a reason not to",
  "i can't think of a reason not to",
  "i cannot think of a reason not to",
  "i can't think of any reason not to",
  ...pairs(
    "i have|i've|i've got|we have|there is|there's|i see|leaves me with|",
    "no choice but to|no option but to|no alternative but to|no other choice but to",
  ),
  "nothing for it but to",
  "there's nothing for it but to",
  "there is nothing for it but to",
  "nothing left to do but",
  "there's nothing left to do but",
  "all that's left is to",
  "all that is left is to",
  "all that remains is to",
  "it only remains to",
  ...pairs(
    "i'd like|i would like|i'd love|i want|we'd like|there's|there is",
    "nothing more than to|nothing better than to|nothing i'd like more than to|nothing i want more than to",
  ),
  ...pairs(
    "nothing would|nothing could",
    "please me more than to|make me happier than to|make me gladder than to|suit me better than to",
  ),
  ...pairs(
    "i wouldn't|i would not|wouldn't",
    "mind if you'd|mind if you would|object if you'd|complain if you'd|say no if you'd",
  ),
];

/** "get a move on and", "waste no time and": haste before the verb. */
const HASTE = [
  ...STOPS_AND,
  ...pairs(
    "waste no|waste no more|lose no|don't waste any|don't waste|don't lose|waste not one|don't wait",
    "time and|more time and|second more and|another second and|another minute and|a second and|a moment longer and",
  ),
  ...pairs(
    "don't|dont|do not",
    `hang about and|hang around and|dawdle and|dither and|delay and|think twice and|wait and|
    hesitate and|wait another second and|wait another minute and|wait any longer and|be shy and|
    ask questions and|argue and|worry and|faff and|faff about and|mess about and|stall and`,
  ),
  ...pairs(
    `wake up|hop to it|snap to it|jump to it|get a move on|get cracking|get moving|get going|
    look sharp|look lively|look alive|shake a leg|roll up your sleeves|make haste|make my day|
    bite the bullet|pull the trigger|take the plunge|rip the band-aid off|do the honours|
    do the honors|do your thing|do your magic|work your magic|do the decent thing|do the right thing|
    step on it|drop everything|make yourself useful|get on with it|crack on|get to it|be brave|
    help me out|help us out|help a brother out|help a sister out|help a bro out|help a mate out|help a friend out|help a pal out|
    help a guy out|help a girl out|help a fella out|help a homie out|lend us a hand|lend a hand|be a help|do me a solid|do us a solid|
    step lively|come on|come along|just relax|chill|chill out|shut up|hush|be quiet|be good|
    be nice|be helpful|listen up|listen|do as you're told|do as i say|do what i say|act fast|act quickly|
    move quickly|move quick|be swift|get off your arse|get off your backside|get your skates on|
    put your skates on|stop everything|quit playing|give me a hand|lend me a hand|give us a hand`,
    "and",
  ),
  ...pairs(
    "be a|be a real|be an absolute|be a proper",
    `good chap and|good girl and|good boy and|good fellow and|good egg and|doll and|treasure and|
    peach and|brick and|diamond and|hero and|champ and|gem and|sweetheart and|gentleman and|
    gent and|saint and|lamb and|duck and|babe and|bro and|friend and|king and|queen and|lad and|
    legend and|darling and|star and|angel and|love and|pal and|dear and|mate and|sport and`,
  ),
];

/** "won't you help a sister out and": the same, asked for. */
const HELPS = pairs(
  "won't you|wont you|can you|could you|would you|will you|can u|could u",
  `help me out and|help us out and|help a brother out and|help a sister out and|help a bro out and|help a mate out and|
  help a friend out and|help a pal out and|help a guy out and|help a girl out and|lend me a hand and|lend us a hand and|
  give me a hand and|give us a hand and|do me a solid and`,
);

/** Words of one who orders, after each other: "I authorise and direct you to". */
const ORDERS = [
  ...pairs(
    "i|we|i hereby|we hereby",
    `authorise and direct|authorize and direct|authorise and instruct|authorize and instruct|
    instruct and authorise|instruct and authorize|request and authorise|request and authorize|
    request and require|order and direct|instruct and direct|call upon|call on|urge|require`,
  ).map((phrase) => `${phrase} you to`),
  ...pairs("i", "bid|enjoin|charge|implore|beseech|entreat|exhort|invite|permit|tell").map((
    phrase,
  ) => `${phrase} you to`),
  ...pairs(
    "i|we|i hereby|we hereby|i must|i do",
    "insist that you|demand that you|direct that you|order that you|instruct that you|require that you|ask that you|request that you",
  ),
  ...pairs(
    "i'm|i am|im|we're|we are",
    "dying to|itching to|keen to|eager to|anxious to|raring to|minded to|determined to|hellbent on|set to",
  ),
  ...pairs("you'd|you had|you|i'd|i had|we'd|we had|i|we", "better|better just"),
  ...pairs(
    "the undersigned",
    "wishes to|would like to|wants to|requests you to|asks you to|hereby requests you to|instructs you to",
  ),
  ...list(
    "it is my intention to|it's my intention to|it is my will that you|it is my desire that you|it is my desire to",
  ),
  "the time has come to",
  "the moment has come to",
  "now is the time to",
  "now is the moment to",
  "today's the day to",
  "today is the day to",
  "today you",
  "right now you",
  "i'd have you",
  "i would have you",
  "i'll have you",
  "i'll need you to",
  "i will need you to",
  "i'm going to need you to",
  "gonna need you to",
  "imma need you to",
  "need u to",
  "i need u to",
  "i want u to",
  "want u to",
  "could u please",
  "i could do with you",
  "i'd be thrilled if you'd",
  "i'd be thrilled if you could",
];

/** Frames that a verb in its base form follows. */
export const ASKS_BASE: readonly string[] = [
  ...new Set(
    [...POLITE, ...POLITER, ...DOUBLE, ...HASTE, ...HELPS, ...ORDERS].map((phrase) =>
      phrase.trim()
    ),
  ),
];

/** Frames that a verb with -ing follows. */
export const ASKS_GERUND: readonly string[] = [
  ...pairs(
    "would you mind|do you mind|would u mind|do u mind|you wouldn't mind|you don't mind",
    "terribly|awfully|very much|ever so much|too much|greatly|at all|just|possibly|kindly|please|if i asked for you",
  ),
  "you wouldn't mind",
  "would u mind",
  "do u mind",
  ...pairs(
    "could you|can you|would you|will you|might you",
    `see your way to|see your way clear to|see your way into|find your way to|do me the honour of|
    do me the honor of|do me the kindness of|do me the favour of|do me the favor of|
    do me the courtesy of|do me the service of|be up for|be so good as to consider|
    help me out with|help me out by|give me a hand with|give me a hand in|lend me a hand with|
    see about|see to|get on with|get started on|crack on with`,
  ),
  ...list(
    "any chance of|any chance of you|is there any chance of|is there any chance of you|any hope of|any hope of you|any possibility of you|is there any possibility of you",
  ),
  ...pairs(
    `thanks in advance|thank you in advance|thanks so much in advance|thank you so much in advance|
    many thanks in advance|cheers in advance|ta in advance|sincere thanks in advance|
    thx in advance|my thanks in advance|much obliged in advance|thanking you in advance|
    thanks a lot in advance|thank you very much in advance|grateful in advance`,
    "for|for just|for kindly|for please",
  ),
  ...pairs(
    "no point in|no sense in|there's no point in|there is no point in|there's no sense in",
    "not",
  ),
  ...pairs(
    "i wouldn't say no to|i would not say no to|wouldn't say no to|i won't say no to|i'd not say no to|i wouldn't object to|i wouldn't be against|i have nothing against|i've nothing against|i've no objection to|i have no objection to",
    "you|u",
  ),
  ...pairs(
    "there's nothing|there is nothing|nothing is|nothing's|i see nothing|nothing",
    "stopping you from|stopping us from|to stop you from|preventing you from",
  ),
  ...list(
    `you won't hear me say no to|i won't stop you from|don't let me stop you from|
    don't let anything stop you from|fancy|do you fancy|d'you fancy|you fancy|are you up for|
    you up for|u up for|are u up for`,
  ),
  ...list(
    "crack on with|get cracking on|get cracking with|get a move on with|be quick about|hurry up with|get busy|don't be shy about",
  ),
];

/** Frames that a thing or an act follows. */
export const ASKS_THING: readonly string[] = [
  ...pairs(
    "it'd be|it would be|it'd be so|it would be so",
    "lovely to see|nice to see|great to see|good to see|wonderful to see|grand to see|lovely to have|nice to have|great to have|good to have|wonderful to have",
  ),
  ...pairs(
    "nothing would|nothing could",
    "please me more than|make me happier than|suit me better than|make me gladder than",
  ),
  ...pairs(
    "i'd like|i would like|i'd love|there's|i want",
    "nothing more than|nothing better than|nothing more than to have|nothing more than to see",
  ),
  "the undersigned requests that",
  "the undersigned requests",
  "the undersigned hereby requests",
  ...pairs(
    "can i|could i|may i|might i|can we|could we",
    "trouble you for|bother you for|ask you for|ask for|have you do|beg for|interest you in",
  ),
  "i could do with",
  "we could do with",
  "i could use",
];
