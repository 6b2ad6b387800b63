const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Makes any text safe inside an element or a double-quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Undoes Slack's three entities. `&amp;lt;` becomes `&lt;`, not `<`. */
export function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => (name === 'amp' ? '&' : name === 'lt' ? '<' : '>'));
}

type AttributeValue = string | number | boolean | undefined;

/** Attributes in the order given; `true` writes the bare name, `false`, undefined and nothing else leave it out. */
export function attributes(values: Record<string, AttributeValue>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`))
    .join('');
}

/** The address, if it is one a page may follow; anything else (`javascript:`, `data:`) is undefined. */
export function safeLink(address: string): string | undefined {
  return /^(https?:\/\/|mailto:)[^\s]+$/i.test(address) ? address : undefined;
}

export function link(address: string, labelHtml: string): string {
  const href = safeLink(address);
  return href ? `<a${attributes({ href, target: '_blank', rel: 'noopener noreferrer' })}>${labelHtml}</a>` : labelHtml;
}
