/** Who may know whom: the walls of ARCHITECTURE.md, and the habits that a machine can keep. */
import { circles, upward } from './house.js';
import { hurriesIn, impurities, serverTimesIn, sleepsIn, textsIn, watchesIn } from './purity.js';
import { argumentsOf, callsIn, isNode, literal, type Node, nameOf, type Source } from './sources.js';
import { leakySwitches } from './switches.js';
import { each, inside, node, onlyImportedBy, onlyImports, onlyMadeBy, own, reachable, type Wall } from './wall.js';

const MOCKS = new Set(['vi.mock', 'vi.doMock', 'vi.unmock', 'vi.doUnmock']);

/** Where a test may look at a watch: to end what hangs, or because time is what is tried. */
const WATCHES: ReadonlySet<string> = new Set([
  // End what hangs.
  'test/kill/until.ts',
  'test/support/chromium.ts',
  'test/support/scene.ts',
  // How long a claim has been held, as data.
  'test/deliver/an-effect-in-hand.test.ts',
  // Real clocks are changed; what it compares is minutes away from what would be wrong.
  'test/integration/clock.test.ts',
  // Printed as figures.
  'test/support/figures.ts',
  'test/integration/bare/on-a-bare-debian.ts',
  'test/integration/bare/running.ts',
  // Programs with watches, as text.
  'test/project/planted.ts',
]);

/** They read what a library or a server says, in its words. */
const SAID_BY_OTHERS = [
  'src/plans/yaml/source.ts',
  'src/slack/connection/failures.ts',
  'src/targets/postgres/verdicts.ts',
];

/** Ways to the outside that targets and probes have in common. */
const SHARED = ['src/programs/', 'src/postgres/', 'src/web/', 'src/kept/'];

export const WALLS: readonly Wall[] = [
  {
    rule: 'no files import each other in a circle',
    breaches: (all) => circles(all).map(([first, ...others]) => `${first}: in a circle with ${others.join(', ')}`),
  },
  { rule: 'no room imports one above it or beside it', breaches: upward },
  onlyImports('the rules import nothing but the rules', ['src/rollout/'], own('src/rollout/')),
  {
    rule: 'requirements lead to neither moves nor messages',
    breaches: (sources) =>
      each(
        sources,
        (path) => path.startsWith('src/rollout/requirements/'),
        ({ path }) =>
          [...reachable(path.replace(/\.ts$/, ''), sources)]
            .filter((to) =>
              inside(to, 'src/rollout/moves/', 'src/rollout/state/effects', 'src/rollout/state/audience', 'src/slack/'),
            )
            .map((to) => `leads to ${to}`),
      ),
  },
  {
    rule: 'the rules and the messages know no clock, no luck and no waiting',
    breaches: (sources) => each(sources, (path) => inside(path, 'src/rollout/', 'src/slack/words/'), impurities),
  },
  onlyImports(
    'messages are made of the rules’ words and of blocks',
    ['src/slack/words/'],
    (one) => own('src/slack/words/', 'src/rollout/')(one) || (one.to === '@slack/types' && one.typeOnly),
  ),
  {
    rule: 'the door in never leads to the door out',
    breaches: (sources) =>
      [...reachable('src/dispatch', sources)]
        .filter((path) => path.startsWith('src/deliver/'))
        .map((path) => `src/dispatch.ts: reaches ${path}`),
  },
  onlyImports(
    'the store knows Postgres and the rules’ shapes',
    ['src/store/'],
    (one) => own('src/store/', 'src/rollout/')(one) || one.to === 'pg' || node(one),
  ),
  {
    rule: 'the store counts time by domain time or steady time, not by a clock that somebody sets',
    breaches: (sources) =>
      each(
        sources,
        (path) => path.startsWith('src/store/') && path !== 'src/store/migrate.ts',
        (source) => [
          ...serverTimesIn(source).map((name) => `asks the server for ${name}`),
          ...impurities(source).filter((what) => /\bDate\b/.test(what)),
        ],
      ),
  },
  {
    rule: 'a query reads who hears of a message from its columns, and knows no message',
    breaches: (sources) =>
      each(
        sources,
        (path) => path.startsWith('src/store/'),
        (source) =>
          textsIn(source)
            .filter((text) =>
              /payload\s*->>?\s*'(?!copy')|->>\s*'template'|\bslot\s*(?:=|<>|like\b|in\b)\s*\(?'/i.test(text),
            )
            .map(() => 'looks into a message'),
      ),
  },
  onlyMadeBy(
    'who hears of a message is asked when it is written, and read from its effect from then on',
    ['audienceOf', 'addressed'],
    // The live message is drawn without an effect, too.
    ['src/rollout/state/audience', 'src/store/write', 'src/deliver/messages'],
  ),
  onlyImports('a target knows its contract, the plan’s shapes and its own library', ['src/targets/'], (one) =>
    one.own
      ? own('src/targets/', ...SHARED, 'src/rollout/plan/exposure')(one) || (own('src/rollout/')(one) && one.typeOnly)
      : true,
  ),
  onlyImports('a probe knows its contract, the plan’s shapes and its own library', ['src/probes/'], (one) =>
    one.own ? own('src/probes/', ...SHARED)(one) || (own('src/rollout/')(one) && one.typeOnly) : true,
  ),
  onlyImports('what targets and probes share knows neither', SHARED, (one) => !one.own || own(...SHARED)(one)),
  onlyImports(
    'commands and jobs know targets and probes by contract only',
    ['src/commands/', 'src/jobs/'],
    (one) =>
      own('src/targets/target', 'src/probes/probe')(one) ||
      !own('src/targets/', 'src/probes/', 'src/adapters/targets', 'src/adapters/probes')(one),
  ),
  onlyImports('the product knows neither its sandbox nor its tests', ['src/'], (one) => !one.own || own('src/')(one)),
  onlyImports('the sandbox does not know the tests', ['sandbox/'], (one) => !own('test/', 'bench/')(one)),
  onlyImports(
    'the local Slack and the demo shop know nothing of the product',
    ['sandbox/slack/', 'sandbox/shop/'],
    (one) => !own('src/')(one),
  ),
  onlyImportedBy('Postgres is spoken in few places', (one) => one.to === 'pg', [
    'src/store/',
    'src/targets/postgres/',
    'src/probes/sql/',
  ]),
  onlyImportedBy(
    'Slack’s libraries are used at the edge only',
    (one) => ['@slack/bolt', '@slack/web-api'].includes(one.to) && !one.typeOnly,
    ['src/app', 'src/commands/index', 'src/http/slack-requests', 'src/slack/'],
  ),
  onlyImportedBy('plan files are read in one place', (one) => one.to === 'yaml', ['src/plans/']),
  onlyImportedBy('probes and targets reach the web by one road', (one) => one.to === 'undici', ['src/web/']),
  onlyImportedBy('one file knows the schedule', (one) => one.to === 'node-cron', ['src/main']),
  onlyImportedBy('one file reads .env', (one) => one.to === 'dotenv', ['src/config']),
  onlyMadeBy(
    'only the wiring builds the parts',
    [
      'openPool',
      'openPools',
      'startWorker',
      'createAdapters',
      'createDispatch',
      'createDeliver',
      'createSender',
      'createJobs',
      'createDirectory',
      'createIdentity',
      'createSlackClient',
      'createSlackRequests',
      'createHooks',
      'createReceive',
      'startHttp',
    ],
    ['src/app', 'src/cli/', 'src/store/pools'],
  ),
  onlyMadeBy(
    'only the wiring of the bot takes Slack’s requests',
    ['App', 'SocketModeReceiver', 'HTTPReceiver'],
    ['src/app'],
  ),
  // So that no call of any of them is repeated or waited for without end.
  onlyMadeBy('one file builds Slack’s clients', ['WebClient'], ['src/slack/connection/client']),
  onlyMadeBy('one factory builds targets and probes', ['createTarget', 'createProbe'], ['src/adapters/']),
  onlyMadeBy('one file builds pools', ['pg.Pool', 'Pool'], ['src/store/connect']),
  {
    rule: 'one file reads the environment',
    breaches: (sources) =>
      each(
        sources,
        (path) => path.startsWith('src/') && path !== 'src/config.ts',
        ({ nodes, imports }) => [
          ...nodes.flatMap((one) =>
            one.type === 'MemberExpression' && nameOf(one) === 'process.env' ? 'reads process.env' : [],
          ),
          ...nodes.flatMap((one) =>
            one.type === 'VariableDeclarator' && nameOf(one.init) === 'process' ? 'takes process apart' : [],
          ),
          ...imports.filter(({ to }) => /^(node:)?process$/.test(to)).map(({ to }) => `imports ${to}`),
        ],
      ),
  },
  onlyMadeBy('only the start ends the process', ['process.exit', 'process.abort'], ['src/main', 'src/node-check']),
  onlyImportedBy('programs are started in one place', (one) => /^(node:)?(child_process|cluster)$/.test(one.to), [
    'src/programs/run',
  ]),
  // What runs programs has to end their groups; nobody else has anything to end.
  onlyMadeBy('processes are ended where they are started', ['process.kill'], ['src/main', 'src/programs/run']),
  {
    rule: 'tests replace no module',
    breaches: (sources) =>
      each(
        sources,
        (path) => path.startsWith('test/'),
        (source) =>
          callsIn(source)
            .filter((name) => MOCKS.has(name))
            .map((name) => `calls ${name}`),
      ),
  },
  {
    rule: 'tests wait for what happens, not for time',
    breaches: (sources) =>
      each(
        sources,
        (path) => path.startsWith('test/'),
        (source) => sleepsIn(source).map(() => 'sleeps'),
      ),
  },
  {
    rule: 'no test looks at a watch: a busy machine would decide it',
    breaches: (sources) =>
      each(
        sources,
        (path) => path.startsWith('test/') && !WATCHES.has(path),
        (source) => [
          ...watchesIn(source).map((name) => `looks at ${name}`),
          ...hurriesIn(source).map((name) => `${name} gives up within a minute`),
        ],
      ),
  },
  {
    rule: 'everything is exported by its name',
    breaches: (sources) =>
      each(
        sources,
        (path) => !/^test\/support\/(?:postgres|build)-setup\.ts$/.test(path), // The test runner asks for a default there.
        ({ nodes }) => nodes.flatMap((one) => (one.type === 'ExportDefaultDeclaration' ? 'exports a default' : [])),
      ),
  },
  {
    // The compiler does not look for misspelt fields in a literal that is spread.
    rule: 'no literal is spread into another',
    breaches: (sources) =>
      each(
        sources,
        () => true,
        ({ nodes }) =>
          nodes.flatMap((one) => {
            return partsSpread(one).some(({ type }) => type === one.type) ? ['spreads a literal'] : [];
          }),
      ),
  },
  {
    // Nor in one that is spread under a condition; `withoutUndefined` has it look at the whole.
    rule: 'what a plan file becomes is written whole, so that no misspelt field compiles',
    breaches: (sources) =>
      each(
        sources,
        (path) => inside(path, 'src/plans/read/', 'src/plans/language/'),
        ({ nodes }) =>
          nodes
            .flatMap((one) => (one.type === 'ObjectExpression' ? partsSpread(one) : []))
            .filter(isConditional)
            .map(() => 'spreads fields under a condition'),
      ),
  },
  {
    // A member that is added must fail to compile in every place that has to know it.
    rule: 'a switch over a union ends where nothing is left',
    breaches: (sources) =>
      each(
        sources,
        (path) => path.startsWith('src/'),
        (source) =>
          leakySwitches(source).map((over) => `switches over ${over} without \`satisfies never\` in its default`),
      ),
  },
  {
    // What was put into a sentence is handed on as data; whoever changes the words would else break who reads them.
    rule: 'a sentence of ours is not taken apart again',
    breaches: (sources) =>
      each(
        sources,
        (path) => path.startsWith('src/') && !SAID_BY_OTHERS.includes(path),
        (source) => takenApart(source).map((call) => `calls ${call}`),
      ),
  },
  {
    rule: 'no two exported types have one name',
    breaches: (sources) => {
      const named = sources.filter(({ path }) => path.startsWith('src/')).flatMap(typesOf);
      return named
        .filter(({ name }, at) => named.some((other, before) => before < at && other.name === name))
        .map(({ path, name }) => `${path}: there is another ${name}`);
    },
  },
  {
    rule: 'files are named in kebab-case after what they are',
    breaches: (sources) =>
      each(
        sources,
        () => true,
        ({ path }) => {
          const parts = path.replace(/(\.test|\.d)?\.ts$/, '').split('/');
          const bag = parts.find((part) =>
            /^(utils?|helpers?|common|misc|types|interfaces|managers?|services?)$/.test(part),
          );
          if (bag && path !== 'sandbox/slack/types.ts') return [`"${bag}" says nothing`];
          return parts.every((part) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(part)) ? [] : ['is not kebab-case'];
        },
      ),
  },
];

/** What is spread into this literal. */
function partsSpread(literal: Node): Node[] {
  const parts = [literal.properties, literal.elements].flatMap((each) => (Array.isArray(each) ? each : []));
  return parts.flatMap((part: unknown) =>
    isNode(part) && part.type === 'SpreadElement' && isNode(part.argument) ? [part.argument] : [],
  );
}

const isConditional = ({ type }: Node): boolean => type === 'LogicalExpression' || type === 'ConditionalExpression';

/** The types and interfaces that a file exports by their own declaration. */
function typesOf({ path, nodes }: Source): { readonly path: string; readonly name: string }[] {
  return nodes.flatMap((one) => {
    const of = one.type === 'ExportNamedDeclaration' ? one.declaration : undefined;
    if (!isNode(of) || (of.type !== 'TSInterfaceDeclaration' && of.type !== 'TSTypeAliasDeclaration')) return [];
    return [{ path, name: nameOf(of.id) }];
  });
}

const PARTS = /(?:^|\.)(?:message|detail)\.(?:replace|replaceAll|split|slice|match|includes|startsWith|endsWith)$/;
const JOINTS = [': ', '; ', ', ', '. ', ' · '];

/** Calls that cut or search what reads like a sentence: by its joints, by words of it, or an error's own text. */
function takenApart({ nodes }: Source): string[] {
  return nodes.flatMap((one) => {
    if (one.type !== 'CallExpression') return [];
    const name = nameOf(one.callee);
    const [first] = argumentsOf(one);
    const bySplit = name.endsWith('.split') && JOINTS.includes(literal(first));
    const cut = isNode(first) && first.type === 'MemberExpression' && nameOf(first.property) === 'length';
    const byWords = name.endsWith('.slice') && cut && literal(first.object).includes(' ');
    return bySplit || byWords || PARTS.test(name) ? [name] : [];
  });
}
