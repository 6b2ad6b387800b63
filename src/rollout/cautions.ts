/** What in some words says that nothing is to be raised now, whatever else they say. */
export type Caution = {
  readonly kind: 'question' | 'condition' | 'negation' | 'time';
  /** The words that say it. */
  readonly said: string;
};

/** A question mark ends the text or a word of it; one within an address does not ask. */
const QUESTION =
  /[?\u061f\u2047-\u2049\u2753\u2754\uff1f](?=[\s\p{P}\p{Cf}]*(?:\s|$))|:(?:grey_)?question:|:interrobang:/u;
/** Where a clause begins: at the beginning, behind punctuation, or behind a word that turns or narrows what was said. */
const CLAUSE = String.raw`(?:^|[,;:.!\u2026\u2010-\u2015-]\s*|\b(?:but|only|and|or|then|please|pls|yet|just|maybe|ok|okay)\s+)`;
const DAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
const TIMES = [
  String.raw`\b(?:tomorrow|tonight|overmorrow)\b`,
  String.raw`\b(?:at|by|from|after|before|around|until)\s+(?:\d{1,2}\s*(?:[:.h]\s*\d{2})?\s*(?:am|pm|a\.m\.|p\.m\.|o'?clock|uhr|utc|gmt|cet|cest|est|pst)\b|\d{1,2}:\d{2}|noon\b|midnight\b|eod\b)`,
  String.raw`${CLAUSE}(?:at\s+)?\d{1,2}(?::\d{2})?\s*(?:am|pm|uhr|o'?clock)\b`,
  String.raw`${CLAUSE}(?:at\s+)?\d{1,2}:\d{2}\b`,
  String.raw`${CLAUSE}at\s+\d{1,2}(?:\s*h)?\s*(?:$|[,;.!])`,
  String.raw`\bin\s+(?:an?|\d{1,4}|half an|a few|some|one|two|three|five|ten|fifteen|thirty)\s*(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?|weeks?)\b`,
  String.raw`${CLAUSE}(?:later|soon|eventually|someday|some day|next (?:week|month|sprint|time|morning|${DAY})|(?:on |next |this )?${DAY}|(?:noon|midnight|eod)\b)`,
];
const CONDITIONS = [
  String.raw`\b(?:if|unless|until|till|provided that|as soon as|as long as|in case|assuming|whenever|on condition)\b`,
  String.raw`${CLAUSE}(?:when|once(?!\s+(?:more|again))|after|before|while|should|wait(?:ing)? (?:for|until)|depending|pending|subject to)\b`,
];
const NEGATIONS = [
  String.raw`\b(?:do\s*n[o']?t|don\W?t|dont|do not|not yet|never|cannot|can\W?t|cant|must\s*n[o']?t|should\s*n[o']?t|won\W?t|nobody should)\b`,
  String.raw`${CLAUSE}(?:no|not|nope|nah|wait|stop|cancel|abort|halt|hold|back|undo|revert|nevermind|never mind|forget it|instead of|without|against)\b`,
];

function pattern(parts: readonly string[]): RegExp {
  return new RegExp(parts.join('|'), 'iu');
}
const TIME = pattern(TIMES);
const CONDITION = pattern(CONDITIONS);
const NEGATION = pattern(NEGATIONS);

/** Words longer than this are not looked through for what they hold back; nobody types such a reason by hand. */
const MOST_CHARS = 5_000;

/** Whether some words ask instead of saying. */
export function asks(text: string): boolean {
  return QUESTION.test(text.slice(-MOST_CHARS).normalize('NFKC')) || QUESTION.test(text.slice(-MOST_CHARS));
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
  for (const [kind, words] of [
    ['negation', NEGATION],
    ['condition', CONDITION],
    ['time', TIME],
  ] as const) {
    const found = words.exec(plain);
    if (found) return { kind, said: found[0].replace(/^[^\p{L}\p{N}]+/u, '').trim() };
  }
  return null;
}

/** Words that make an order to go back depend on something, or take it back. */
const HOLDS_BACK =
  /^\W*(?:please\s+|pls\s+|only\s+)*(?:if|when|unless|once|after|should|in case|as soon as|until|till|whenever|before|provided|assuming|don'?t|do not|not|never|later|tomorrow)\b/iu;

/** A rollback that is said to depend on something, or not to happen. */
export function holdsBack(text: string): boolean {
  return HOLDS_BACK.test(
    text
      .slice(0, 200)
      .normalize('NFKC')
      .replace(/[\u2018\u2019\u02bc`´]/g, "'"),
  );
}
