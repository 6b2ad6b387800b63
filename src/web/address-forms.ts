import { isIPv4, isIPv6 } from 'node:net';

/**
 * Every address an address stands for, in one spelling each: itself, and the IPv4 address it carries inside when it is
 * a mapped, compatible, translated (NAT64) or 6to4 IPv6 address. Rules that look at one spelling only are passed by the
 * others. Empty when the text is no address.
 */
export function addressForms(address: string): string[] {
  const bare = address.split('%', 1).join('');
  if (isIPv4(bare)) return [reachable(bare)];
  if (!isIPv6(bare)) return [];
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const inside = carriedIpv4(groupsOf(canonical));
  // The unspecified address leads to this machine, like loopback.
  if (canonical === '::') return ['::1'];
  return inside === undefined ? [canonical] : [canonical, reachable(inside)];
}

function reachable(ipv4: string): string {
  return ipv4 === '0.0.0.0' ? '127.0.0.1' : ipv4;
}

/** The eight 16-bit groups of a compressed IPv6 address. */
function groupsOf(canonical: string): number[] {
  const [head = '', tail] = canonical.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? [] : new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...gap, ...after].map((group) => Number.parseInt(group, 16));
}

// First six groups of the prefixes that carry an IPv4 address in the last two.
const CARRIERS = new Set(['0,0,0,0,0,65535', '0,0,0,0,65535,0', '0,0,0,0,0,0', '100,65435,0,0,0,0']);

function carriedIpv4(groups: readonly number[]): string | undefined {
  const [first, second = 0, third = 0, , , , seventh = 0, eighth = 0] = groups;
  if (first === 0x2002) return dotted(second, third);
  if (!CARRIERS.has(groups.slice(0, 6).join(','))) return undefined;
  // `::1` is loopback itself and carries nothing.
  return groups.slice(0, 7).every((group) => group === 0) ? undefined : dotted(seventh, eighth);
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
