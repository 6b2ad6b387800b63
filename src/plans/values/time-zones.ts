/** Time zones of plans: which are taken, and what somebody may have meant by another one. */
import { isNear } from '../../rollout/plan/edit-distance.js';

/**
 * Three letters that ICU takes and the IANA list does not have. They are refused, for they mean another place than people
 * think: BST is Dhaka there, IST Kolkata and never Dublin or Jerusalem.
 */
const OF_ICU = new Set(
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(' '),
);
const MOST_NAMED = 3;
/** Shorter words are near too many. */
const LEAST_CHARS = 4;

export function timezone(text: string): string | undefined {
  if (!/^[A-Za-z]/.test(text) || OF_ICU.has(text.toUpperCase())) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    return undefined;
  }
}

/** Zones whose name, or whose city, is one slip away from this or begins like it; the nearest first, at most three. */
export function nearZones(text: string): readonly string[] {
  const typed = keyOf(text);
  if (typed.length > 60) return [];
  const city = cityOf(typed);
  const zones = Intl.supportedValuesOf('timeZone').map((zone) => ({
    zone,
    key: keyOf(zone),
    city: cityOf(keyOf(zone)),
  }));
  const looks: ((zone: (typeof zones)[number]) => boolean)[] = [
    (zone) => zone.key === typed || zone.city === city,
    (zone) => typed.length >= LEAST_CHARS && isNear(zone.key, typed),
    (zone) => city.length >= LEAST_CHARS && isNear(zone.city, city),
    (zone) => city.length >= LEAST_CHARS && zone.city.startsWith(city),
  ];
  for (const look of looks) {
    const found = zones.filter(look);
    if (found.length > 0) return found.slice(0, MOST_NAMED).map(({ zone }) => zone);
  }
  return [];
}

function keyOf(name: string): string {
  return name.trim().toLowerCase().replace(/[ -]/g, '_');
}

function cityOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
