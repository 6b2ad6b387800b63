/** The commented plan that answers make. What people wrote stands in quotes, so that it cannot become another part of the file. */
import { parseDuration } from '../../plans/values/duration.js';
import { type Answers, hasPercentages } from './answers.js';
import { probeLines, targetLines } from './kinds.js';
import { quoted, word } from './words.js';

export function planText(answers: Answers): string {
  const { name, title, channel, operators, approverRole, approvers } = answers;
  const approves = approverRole !== '';
  return `# yaml-language-server: $schema=./plan.schema.json
# Every key: docs/reference/plan-file.md of rollout-bot. Look through the limits, the people and the bakes: they are guesses.

plan: ${word(name)} # the file's name, and what is typed: /rollout start
title: ${quoted(title)}
channel: ${quoted(channel)} # where the rollout is followed; the bot has to be in it: /invite @rollout
timezone: ${word(answers.timezone)} # of reminders and times, such as Europe/Berlin

${linkLines(answers)}

contact: [${approves ? word(approverRole) : 'operators'}] # named when a stage starts and when something breaks

people: # groups as "@handle", ids (U…, S…) or e-mail addresses
  operators: ${list(operators)} # may start, advance and roll back
${approves && approverRole !== 'operators' ? `  ${word(approverRole)}: ${list(approvers)}\n` : ''}
targets: # what moves when a stage does
  change:
${targetLines(answers)}

checks: # what is watched; a number that is missing stops the bake
  error-rate:
    title: Error rate
    unit: "%"
    share: true # so many of a hundred; false if it can be more
${probeLines(answers)}
    ${answers.warning === null ? '# warning: { above: … }' : `warning: { above: ${answers.warning} }`} # people are told, and it goes on
    critical: { above: ${answers.critical} } # two readings in a row that share no data, and it is taken back

stages: # exposure in percent; bake is healthy time that must be observed before the next one
${stageLines(answers).join('\n')}

rollback:
  to: off # 0 % and disabled
  within: 30s # the promise; the message says whether it was kept
`;
}

/** What there is to open with every stage and every incident; an example where there is nothing yet. */
function linkLines({ dashboard, runbook }: Answers): string {
  const links = Object.entries({ dashboard, runbook }).filter(([, address]) => address !== '');
  if (links.length > 0) {
    const lines = links.map(([name, address]) => `  ${name}: ${quoted(address)}`);
    return ['links: # shown with every stage and every incident', ...lines].join('\n');
  }
  return `# links: # shown with every stage and every incident
#   dashboard: https://grafana.example.com/d/…
#   runbook: https://wiki.example.com/…`;
}

function stageLines(answers: Answers): string[] {
  const { name, stages, bake, approverRole } = answers;
  // A stage may not be called like its plan.
  const prefix = /^stage-\d+$/.test(name) ? 'wave' : 'stage';
  return stages.map((exposure, index) => {
    const asks = approverRole !== '' && (index > 0 || stages.length === 1);
    const approve = asks ? `, approve: [${word(approverRole)}]` : '';
    const title = exposure === 100 ? 'Everyone' : `Stage ${index + 1} of ${stages.length}`;
    return `  - { stage: ${prefix}-${index + 1}, title: ${quoted(title)}, exposure: ${hasPercentages(answers) ? exposure : 'on'}, bake: ${/^\d+[dhms]$/.test(bake) ? bake : quoted(bake)}${rhythm(bake)}${approve} }`;
  });
}

/** Twenty readings in a bake that is too short for the usual rhythm of one minute. */
function rhythm(bake: string): string {
  const every = Math.max(1, Math.floor((parseDuration(bake) ?? Number.POSITIVE_INFINITY) / 20_000));
  return every < 60 ? `, check_every: ${every}s` : '';
}

function list(people: readonly string[]): string {
  return `[${people.map(quoted).join(', ')}]`;
}
