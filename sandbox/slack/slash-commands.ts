import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../place.js';
import type { SlashCommand } from './types.js';
import { isRecord, recordsIn, textIn } from './values.js';

/** The slash commands of the project's manifest, as Slack learns them when the app is installed. None without one. */
export function manifestCommands(path = join(projectRoot(), 'manifest.yml')): SlashCommand[] {
  if (!existsSync(path)) return [];
  const manifest: unknown = parse(readFileSync(path, 'utf8'));
  const features = isRecord(manifest) && isRecord(manifest.features) ? manifest.features : {};
  return recordsIn(features.slash_commands).map(({ command, description, usage_hint }) => ({
    command: textIn(command),
    description: textIn(description),
    usageHint: textIn(usage_hint),
  }));
}
