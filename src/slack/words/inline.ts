/**
 * What is said, apart from how a place writes it: plain text, and parts that mean something there, such as a person, a time
 * or a command. Each printer below writes all of it for one place. Only printers escape: words that were made safe for
 * Slack before would reach a terminal with `&lt;` in them.
 */
import { clock, clockSeconds, code, decoded, escapeText, moment, safe, spoken, theirs } from './text.js';

export type Inline =
  | string
  | { readonly kind: 'bold'; readonly words: Phrase }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'person' | 'channel'; readonly id: string }
  | { readonly kind: 'time'; readonly at: Date; readonly form: 'clock' | 'seconds' | 'moment' }
  /** A phrase that is still written as mrkdwn, escaped; the other printers take its marks off. */
  | { readonly kind: 'mrkdwn'; readonly text: string };

export type Phrase = readonly Inline[];

/** Strings are our own words; what people, plans or adapters wrote goes through `theirs`. */
export function say(parts: TemplateStringsArray, ...values: readonly (Inline | Phrase)[]): Phrase {
  return parts.flatMap((part, i) => [part, ...inlines(values[i] ?? '')]).filter((each) => each !== '');
}

/** A phrase that has not been taken apart yet. */
export function marked(mrkdwn: string): Inline {
  return { kind: 'mrkdwn', text: mrkdwn };
}

function inlines(value: Inline | Phrase): Phrase {
  return isPhrase(value) ? value : [value];
}

function isPhrase(value: Inline | Phrase): value is Phrase {
  return Array.isArray(value);
}

/** How one place writes each part. */
interface Printer {
  readonly text: (text: string) => string;
  readonly bold: (printed: string) => string;
  readonly code: (text: string) => string;
  readonly person: (id: string) => string;
  readonly channel: (id: string) => string;
  readonly time: (at: Date, form: 'clock' | 'seconds' | 'moment') => string;
  readonly mrkdwn: (text: string) => string;
}

/** Slack ids are letters and digits; anything else would end the mention early. */
function idOnly(id: string): string {
  return id.replace(/[^A-Za-z0-9]/g, '');
}

const MRKDWN: Printer = {
  text: safe,
  bold: (printed) => `*${printed}*`,
  code,
  person: (id) => `<@${idOnly(id)}>`,
  channel: (id) => `<#${idOnly(id)}>`,
  time: (at, form) => ({ clock, seconds: clockSeconds, moment })[form](at),
  mrkdwn: (text) => text,
};

/** Notifications and screen readers: Slack puts names for mentions there, and takes marks as they are. */
const SPOKEN: Printer = {
  ...MRKDWN,
  bold: (printed) => printed,
  code: (text) => escapeText(text),
  time: (at, form) => utc(at, form),
  mrkdwn: spoken,
};

/** A terminal. */
const PLAIN: Printer = {
  text: breakable,
  bold: (printed) => printed,
  code: (text) => theirs(text, 300),
  person: (id) => `@${idOnly(id)}`,
  channel: (id) => `#${idOnly(id)}`,
  time: utc,
  mrkdwn: withoutMarks,
};

/** Issues, wikis and post-mortems. */
const MARKDOWN: Printer = {
  ...PLAIN,
  text: (text) => markdownText(breakable(text)),
  bold: (printed) => `**${printed}**`,
  // In a cell a backslash before the end of a cell would be read as one that hides it.
  code: (text) => `\`${theirs(text, 300).replaceAll('\\|', '\\ |').replaceAll('|', '\\|')}\``,
  // In code marks: a site that this is pasted to must not call somebody of the same name.
  person: (id) => `\`@${idOnly(id)}\``,
  channel: (id) => `\`#${idOnly(id)}\``,
  mrkdwn: (text) => markdownText(withoutMarks(text)),
};

export function toMrkdwn(words: Phrase): string {
  return printed(words, MRKDWN);
}

export function toSpoken(words: Phrase): string {
  return printed(words, SPOKEN);
}

export function toPlain(words: Phrase): string {
  return printed(words, PLAIN);
}

export function toMarkdown(words: Phrase): string {
  return printed(words, MARKDOWN);
}

function printed(words: Phrase, printer: Printer): string {
  return words.map((inline) => printedInline(inline, printer)).join('');
}

function printedInline(inline: Inline, printer: Printer): string {
  if (typeof inline === 'string') return printer.text(inline);
  switch (inline.kind) {
    case 'bold':
      return printer.bold(printed(inline.words, printer));
    case 'code':
      return printer.code(inline.text);
    case 'person':
      return printer.person(inline.id);
    case 'channel':
      return printer.channel(inline.id);
    case 'time':
      return printer.time(inline.at, inline.form);
    case 'mrkdwn':
      return printer.mrkdwn(inline.text);
    default:
      return inline satisfies never;
  }
}

function utc(at: Date, form: 'clock' | 'seconds' | 'moment'): string {
  const iso = at.toISOString();
  const shown = {
    clock: iso.slice(11, 16),
    seconds: iso.slice(11, 19),
    moment: iso.slice(0, 16).replace('T', ' '),
  } satisfies Record<typeof form, string>;
  return `${shown[form]} UTC`;
}

/** A terminal and a web page break lines by themselves, and a search for `50 %` types a plain space. */
function breakable(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}

const MENTION = /<([@#])([A-Z0-9]+)>/g;
const GROUP = /<!subteam\^([A-Z0-9]+)>/g;

function withoutMarks(mrkdwn: string): string {
  return breakable(decoded(spoken(mrkdwn).replace(MENTION, '$1$2').replace(GROUP, '@$1')));
}

/** Whatever Markdown could take for a mark, a link or the end of a cell. */
function markdownText(text: string): string {
  return text.replace(/[\\`*_[\]<>|~&]/g, '\\$&');
}
