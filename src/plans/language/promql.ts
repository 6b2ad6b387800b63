/**
 * What can be seen to be wrong with a query without asking a server. Conservative: it never refuses what Prometheus, Mimir or
 * VictoriaMetrics might take, so it looks at brackets, quotes, what is left of a template, and at an end that cannot be one. Pure.
 */

/** Why this query cannot be right; undefined when nothing is seen. */
export function promqlTrouble(query: string): string | undefined {
  const read = withoutTexts(query);
  if ('trouble' in read) return read.trouble;
  const { code } = read;
  if (code.trim() === '') return 'a query, found comments only';
  return templateTrouble(code, query) ?? bracketTrouble(code) ?? shapeTrouble(code);
}

/** The query with texts and comments blanked out, so that nothing inside them is taken for code. */
function withoutTexts(query: string): { readonly code: string } | { readonly trouble: string } {
  let code = '';
  for (let at = 0; at < query.length; ) {
    const char = query.charAt(at);
    if (char === '#') {
      const end = query.indexOf('\n', at);
      at = end < 0 ? query.length : end;
    } else if (char === '"' || char === "'" || char === '`') {
      const end = endOfText(query, at);
      if (end === undefined) return { trouble: `a ${char} at the end of every text, found one that is not closed` };
      code += `"${' '.repeat(Math.max(0, end - at - 2))}"`;
      at = end;
    } else {
      code += char;
      at += 1;
    }
  }
  return { code };
}

/** Behind the quote that ends a text. A backslash hides the next character, but not between backquotes. */
function endOfText(query: string, from: number): number | undefined {
  const quote = query.charAt(from);
  for (let at = from + 1; at < query.length; at += 1) {
    const char = query.charAt(at);
    if (char === '\\' && quote !== '`') at += 1;
    else if (char === quote) return at + 1;
  }
  return undefined;
}

/** What a dashboard or a workflow would have filled in. Nobody does here. Outside texts a `$` or `{{` is no PromQL at all. */
function templateTrouble(code: string, query: string): string | undefined {
  const [outside] = /\$(?:__)?(?:\{[^{}\n]{0,60}\}|\w{1,60})|\{\{[^{}\n]{0,60}/.exec(code) ?? [];
  const [inText] = /\$\{?__\w{1,60}|\{\{\s*[$.\w-]{0,60}[.$][^{}\n]{0,60}\}\}/.exec(query) ?? [];
  const [, whole] = /[=~]\s*["'](\$(?:\{\w{1,60}\}|[A-Za-z_]\w{0,60}))["']/.exec(query) ?? [];
  const found = outside ?? inText ?? whole;
  if (found === undefined) return undefined;
  return `what a dashboard or a workflow fills in to be written out, found ${found}`;
}

const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function bracketTrouble(code: string): string | undefined {
  const open: string[] = [];
  for (const char of code) {
    if ('([{'.includes(char)) open.push(char);
    const opens = CLOSES[char];
    if (opens !== undefined && open.pop() !== opens)
      return `an opening bracket for every closing one, found ${char} without`;
  }
  const left = open.at(-1);
  return left === undefined ? undefined : `a closing bracket for every opening one, found ${left} without`;
}

/** Signs behind which something has to come, and words. A metric may be called like one of the words, but not right behind a bracket. */
const OPEN_SIGN = /(?:[+*/%^-]|[=!<>]=|[<>])$/;
const OPEN_WORDS = ['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'bool', 'offset'];

function openEnd(text: string): string | undefined {
  const [sign] = OPEN_SIGN.exec(text) ?? [];
  if (sign !== undefined) return sign;
  const word = text.slice(text.search(/\w{0,20}$/));
  const before = text.slice(0, text.length - word.length).trimEnd();
  return OPEN_WORDS.includes(word.toLowerCase()) && /[)\]}"]$/.test(before) ? word : undefined;
}

function shapeTrouble(code: string): string | undefined {
  const text = code.trim();
  const end = openEnd(text);
  if (end !== undefined) return `something behind ${end}, found the end of the query`;
  const [start] = /^(?:[*/%^]|[=!<>]=|[<>])/.exec(text) ?? [];
  if (start !== undefined) return `something before ${start}, found the beginning of the query`;
  if (/[\w)}]\[\s*\]/.test(text)) return 'a duration between [ and ], such as [5m], found nothing';
  if (/^\{\s*\}$/.test(text)) return 'a name or a label to choose series by, found {}';
  if (/[{,]\s{0,20}[A-Za-z_]\w{0,200}\s{0,20}(?:=~|!~|!=|=)\s{0,20}[},]/.test(text))
    return 'a text in quotes behind every = of a label, found nothing';
  return /[(,]\s{0,200},/.test(text) ? 'something before every comma, found nothing' : undefined;
}
