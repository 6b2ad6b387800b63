import type { SlackMessage } from '../../sandbox/slack/types.js';

/** The plan of a scene that brings none; `$TARGET`, `$ERRORS`, `$LATENCY` become its memory names. */
export const PLAN = `plan: new-checkout
title: New checkout
channel: "#shop"
timezone: Europe/Berlin
links: { dashboard: "https://grafana.example.com/d/checkout", runbook: "https://wiki.example.com/checkout" }
contact: [engineering-lead]
people:
  operators: ["@release-team"]
  engineering-lead: ["@engineering-lead"]
targets:
  flag: { kind: memory, name: $TARGET }
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: memory, name: $ERRORS }
    window: 10s
    warning: { above: 2 }
    critical: { above: 5 }
  latency:
    title: p95 latency
    unit: ms
    probe: { kind: memory, name: $LATENCY }
    window: 10s
    warning: { above: 600 }
    critical: { above: 1000 }
stages:
  - { stage: early, title: Early access, exposure: 10, bake: 5m, check_every: 1m }
  - { stage: half, title: Half, exposure: 50, bake: 5m, check_every: 1m, approve: [engineering-lead] }
  - { stage: everyone, title: Everyone, exposure: 100, bake: 5m, check_every: 1m, approve: [engineering-lead] }
rollback: { to: off, within: 30s }
`;

/** The reason of a refusal. People see its words; its code is in the ids of the blocks, which nobody sees. */
function refusalOf(blocks: readonly Record<string, unknown>[]): string[] {
  const ids = blocks.map((block) => String(block.block_id));
  const codes = ids.flatMap((id) =>
    id.startsWith('last_run_rolled_back:') ? 'last_run_rolled_back' : (/^refusal:(\w+):/.exec(id)?.[1] ?? []),
  );
  return [...new Set(codes)].map((code) => `(refused: ${code})`);
}

/** All words a message shows, top to bottom, and the code of a refusal behind them. */
export function readMessage(message: SlackMessage | undefined): string {
  if (!message) return '';
  const words: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) {
      const { type, text, ...rest } = value as Record<string, unknown>;
      if (typeof text === 'string') words.push(type === 'plain_text' ? `[ ${text} ]` : text);
      else walk(text);
      for (const [key, inner] of Object.entries(rest))
        if (key !== 'confirm' && key !== 'accessibility_label') walk(inner);
    }
  };
  if (message.blocks && message.blocks.length > 0) {
    walk(message.blocks);
    words.push(...refusalOf(message.blocks));
  } else words.push(message.text);
  return words.join('\n');
}
