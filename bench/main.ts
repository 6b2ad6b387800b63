/** `npm run bench [-- <name> …] [--quick] [--json]`: what the bot costs and how it keeps up, on this machine. */
import { cpus } from 'node:os';
import { breach, checking, commands, type Figures, idleTick, retention, start } from './many.js';
import { openWorld, type World } from './world.js';

const quick = process.argv.includes('--quick');
const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));

const SCENARIOS: Readonly<Record<string, (world: World) => Promise<Figures>>> = {
  idle: (world) => idleTick(world, quick ? 500 : 5_000),
  commands,
  breach: (world) => breach(world, quick ? 3 : 15),
  start: (world) => start(world, quick ? 1_000 : 10_000),
  checks: (world) => checking(world, { active: quick ? 300 : 1_000, seconds: quick ? 20 : 60 }),
  'checks-5000': (world) => checking(world, { active: quick ? 600 : 5_000, seconds: quick ? 20 : 60 }),
  retention: (world) => retention(world, quick ? { rows: 100_000, seconds: 60 } : { rows: 4_000_000, seconds: 900 }),
};

if (!json) console.log(`node ${process.version}, ${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'})`);
for (const [name, scenario] of Object.entries(SCENARIOS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  // Each on a server of its own: none pays for what another left.
  const world = await openWorld();
  try {
    const figures = await scenario(world);
    console.log(json ? JSON.stringify({ name, ...figures }) : `${name}\n${lines(figures)}`);
  } finally {
    await world.close();
  }
}
process.exit(0);

function lines(figures: Figures): string {
  return Object.entries(figures)
    .map(([what, value]) => `  ${what.padEnd(30)} ${value}`)
    .join('\n');
}
