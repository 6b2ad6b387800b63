/** What in some words says that nothing is to be raised now, whatever else they say. */
export type Caution = {
  readonly kind: 'question' | 'condition' | 'negation' | 'time';
  /** The words that say it. */
  readonly said: string;
};

const QUESTION_MARK = /^[?\u061f\u2047-\u2049\u2753\u2754\uff1f]$/u;
const QUESTION_EMOJI = /:(?:grey_)?question:|:interrobang:/u;
/** Where a clause begins: at the beginning, behind punctuation, or behind a word that turns or narrows what was said. */
const CLAUSE = String.raw`(?:^|[,;:.!\u2026\u2010-\u2015-]\s*|\b(?:but|only|and|or|then|please|pls|yet|just|maybe|ok|okay)\s+)`;
const DAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
const TIMES = [
  String.raw`\b(?:tomorrow|tonight|overmorrow|tmrw|tmr|2mrw|overnight)\b`,
  String.raw`\b(?:in (?:a bit|a moment|a while|a minute|the morning|the afternoon|the evening)|this (?:afternoon|evening)|at (?:night|lunch|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))\b`,
  String.raw`${CLAUSE}in\s+\d{1,4}\s*(?:$|[,;.!])`,
  String.raw`${CLAUSE}(?:on\s+)?(?:mon|tues?|wed|thu|thurs|fri|sat|sun)\s*(?:$|[,;.!])`,
  String.raw`\bon\s+(?:the\s+\d{1,2}(?:st|nd|rd|th)|\d{1,2}[./-]\d{1,2}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+\d)`,
  // German, French and Spanish.
  String.raw`${CLAUSE}(?:morgen|später|gleich|heute (?:abend|nacht|nachmittag)|um \d{1,2}|demain|plus tard|bientôt|à \d{1,2}\s*h|mañana|luego|a las \d)(?![\p{L}\p{N}])`,
  String.raw`\b(?:at|by|from|after|before|around|until)\s+(?:\d{1,2}\s*(?:[:.h]\s*\d{2})?\s*(?:am|pm|a\.m\.|p\.m\.|o'?clock|uhr|utc|gmt|cet|cest|est|pst)\b|\d{1,2}:\d{2}|noon\b|midnight\b|eod\b)`,
  String.raw`${CLAUSE}(?:at\s+)?\d{1,2}(?::\d{2})?\s*(?:am|pm|uhr|o'?clock)\b`,
  String.raw`${CLAUSE}(?:at\s+)?\d{1,2}:\d{2}\b`,
  String.raw`${CLAUSE}at\s+\d{1,2}(?:\s*h)?\s*(?:$|[,;.!])`,
  String.raw`\bin\s+(?:an?|\d{1,4}|half an|a few|some|one|two|three|five|ten|fifteen|thirty)\s*(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?|weeks?)\b`,
  String.raw`${CLAUSE}(?:later|soon|eventually|someday|some day|next (?:hour|day|release|night|week|month|sprint|time|morning|${DAY})|(?:on |next |this )?${DAY}|(?:noon|midnight|eod)\b)`,
];
const CONDITIONS = [
  String.raw`\b(?:if|unless|until|till|provided that|as soon as|as long as|in case|assuming|whenever|on condition)\b`,
  String.raw`${CLAUSE}(?:when|once(?!\s+(?:more|again))|after|before|while|should|wait(?:ing)? (?:for|until)|depending|pending|subject to|provided|given|upon|following)\b`,
  String.raw`${CLAUSE}(?:wenn|falls|sobald|erst|bevor|nachdem|si|quand|dès que|cuando)(?![\p{L}\p{N}])`,
];
const NEGATIONS = [
  String.raw`\b(?:do\s*n[o']?t|don\W?t|dont|do not|not yet|never|cannot|can\W?t|cant|must\s*n[o']?t|should\s*n[o']?t|won\W?t|nobody should)\b`,
  String.raw`\b(?:is|are|was|were|am|looks?|it'?s|we'?re)(?:\s*n[o']?t|\s+not)\s+(?:yet|safe|ready|ok|okay|good|done|finished|green|healthy|stable|fine)\b`,
  String.raw`\b(?:did|was)\s*n[o']?t\s+mean|\b(?:by|a|my) (?:mistake|accident)\b|\bwrong (?:button|channel|window|thread|rollout|command)\b|\b(?:too (?:early|soon)|bad idea|unsafe)\b`,
  // Some of the users only: a stage has no such share.
  String.raw`\b(?:except|excluding|other than|all but|everyone but|everybody but)\b|${CLAUSE}only\s+(?!to\b|if\b|when\b|after\b|once\b|until\b)(?=\p{L})|\b\p{L}{1,20} only\s*(?:$|[,;.!])|\b(?:just|for) (?:the )?(?:staff|internal|beta|employees|testers|us)\b`,
  // Another order, or no order at all, alone.
  String.raw`^\W*(?:test(?:ing)?|help|h|status|history|list|check|approve|finish|dry[ -]?run|simulate|preview)(?:\s+(?:please|pls|now|it|this|instead))*\W*$`,
  String.raw`${CLAUSE}(?:n|nein|nicht|noch nicht|kein|keine|non|pas|nvm|nm|jk|nogo|nack|ko)(?![\p{L}\p{N}])`,
  String.raw`${CLAUSE}(?:cancel(?:l?ed)?|stopp(?:ed)?|waiting|paus(?:e|ed|ing)|on hold|(?:is |are )?(?:blocked|broken|failed|failing|fails)|aborted|reject(?:ed)?|deny|denied|declined?|veto|postponed?|defer(?:red)?|delay(?:ed)?|snooze|freeze|frozen|oops|sorry|ignore|disregard|skip|roll\s?back|undone|accidentally|premature|quit|exit)\b`,
  String.raw`:(?:x|octagonal[_ ]sign|no[_ ]entry|no[_ ]entry[_ ]sign|stop[_ ]sign|hand|raised[_ ]hand|thumbsdown|no[_ ]good|negative[_ ]squared[_ ]cross[_ ]mark|thinking|thinking[_ ]face):|[\u274c\u270b\u26d4\u2716\u{1f6d1}\u{1f44e}\u{1f6ab}\u{1f645}\u{1f914}]`,
  String.raw`${CLAUSE}(?:no|not|nope|nah|wait|stop|cancel|abort|halt|hold|back|undo|revert|nevermind|never mind|forget it|instead of|without|against)\b`,
];

function pattern(parts: readonly string[]): RegExp {
  return new RegExp(parts.join('|'), 'iu');
}
const TIME = pattern(TIMES);
const CONDITION = pattern(CONDITIONS);
const NEGATION = pattern(NEGATIONS);

/** `no errors`, `zero new complaints`, `don't see any issues`, `back to normal`: what is denied there is bad news. */
const GOOD_NEWS = String.raw`(?:(?:no|zero|without|not (?:a single|any|one|seeing)|(?:do|did|have|has|can|could)\s*(?:n[o']?t|not)\s+(?:see|seen|find|found|have|had)|cannot (?:see|find))(?:\s+(?:any|a|single|new|more|further|open|user|customer|known|serious|major|critical|real|obvious|visible|odd|5xx|http|seen))*\s+(?:errors?|issues?|problems?|complaints?|incidents?|alerts?|objections?|regressions?|warnings?|tickets?|failures?|anomal(?:y|ies)|spikes?|surprises?)\b|(?:is |are )?back (?:to normal|on track)\b)`;
const IN_GOOD_NEWS = new RegExp(String.raw`(?<![\p{L}\p{N}])(?<!\bnot )${GOOD_NEWS}`, 'giu');

/** Asked without a question mark, as on a phone. */
const ASKED =
  /^\W*(?:why|how|what|where|when can|who|is it|is this|is that|are we|can (?:i|we)|could (?:i|we)|shall (?:i|we)|should (?:i|we)|may (?:i|we)|ready yet)\b/iu;

/** Words longer than this are not looked through for what they hold back; nobody types such a reason by hand. */
const MOST_CHARS = 5_000;

/** Whether some words ask instead of saying. */
export function asks(text: string): boolean {
  const end = text.slice(-MOST_CHARS);
  return [end, end.normalize('NFKC')].some(
    (words) => QUESTION_EMOJI.test(words) || words.split(/\s/u).some(endsAsking),
  );
}

/** A question mark ends the word, or only punctuation follows it; one within an address does not ask. */
function endsAsking(word: string): boolean {
  for (const sign of [...word].reverse()) {
    if (QUESTION_MARK.test(sign)) return true;
    if (!/^[\p{P}\p{Cf}]$/u.test(sign)) return false;
  }
  return false;
}

/** Why these words are no order to raise something now; null where nothing in them says so. */
export function cautionIn(text: string): Caution | null {
  if (asks(text)) return { kind: 'question', said: '?' };
  const plain = text
    .slice(0, MOST_CHARS)
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u02bc`´]/g, "'")
    .replace(/[\p{Cf}"“”«»*_~()[\]]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const asked = ASKED.exec(plain);
  if (asked) return { kind: 'question', said: asked[0].trim() };
  const news = plain.replace(IN_GOOD_NEWS, 'good news');
  for (const [kind, words] of [
    ['negation', NEGATION],
    ['condition', CONDITION],
    ['time', TIME],
  ] as const) {
    const found = words.exec(news);
    if (found) return { kind, said: found[0].replace(/^(?:[\s,;.!\u2026\u2010-\u2015-]|:(?![a-z_]+:))+/iu, '').trim() };
  }
  return null;
}

/** Words that make an order to go back depend on something, or take it back. */
const HOLDS_BACK =
  /^\W*(?:please\s+|pls\s+|only\s+)*(?:if|when|unless|once|after|should|in case|as soon as|until|till|whenever|before|provided|assuming|don'?t|do not|not|never|later|tomorrow|no(?=\W*$|\W+(?:need\w*|longer|more|yet|please|pls|now|required|necessary)\b))(?![\p{L}\p{N}])/iu;

/** A rollback that is said to depend on something, or not to happen. */
export function holdsBack(text: string): boolean {
  return HOLDS_BACK.test(
    text
      .slice(0, 200)
      .normalize('NFKC')
      .replace(/[\u2018\u2019\u02bc`´]/g, "'"),
  );
}
