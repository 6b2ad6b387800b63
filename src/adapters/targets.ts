import type { ProgramDirs } from '../programs/run.js';
import type { TargetPlan } from '../rollout/plan/plan.js';
import { createExecTarget } from '../targets/exec/index.js';
import { createHttpTarget } from '../targets/http/index.js';
import { createMemoryTarget } from '../targets/memory.js';
import { createPostgresTarget } from '../targets/postgres/index.js';
import { type Target, TargetError } from '../targets/target.js';
import type { NetworkRules } from '../web/network.js';

/** `fill`: puts values in place of `${NAME}`. */
export interface TargetOptions {
  readonly fill: (value: string) => string;
  readonly network: NetworkRules;
  readonly programDirs?: ProgramDirs;
}

/**
 * Builds the target a plan asks for. `fill` puts values in place of `${NAME}`; when it throws, the target is `missing`
 * what it named. Throws TargetError `rejected` on a configuration that cannot be used, and on a kind there is no target for.
 */
export function createTarget(target: TargetPlan, { fill, network, programDirs }: TargetOptions): Target {
  const { name, config } = target;
  switch (config.kind) {
    case 'postgres':
      return createPostgresTarget(name, { ...config, url: filled(name, config.url, fill) });
    case 'http':
      return createHttpTarget(name, config, { fill, network });
    case 'exec': {
      const env = config.env.map((variable) => [variable, filled(name, `\${${variable}}`, fill)]);
      return createExecTarget(name, { ...config, env: Object.fromEntries(env), dirs: programDirs });
    }
    case 'memory':
      return createMemoryTarget(name, config.name);
    default:
      return unknownKind(name, config satisfies never);
  }
}

function filled(name: string, value: string, fill: (value: string) => string): string {
  try {
    return fill(value);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'a variable cannot be filled';
    throw new TargetError('missing', why, { target: name, retryable: false, cause });
  }
}

function unknownKind(name: string, config: never): never {
  const { kind }: { kind?: unknown } = config;
  throw new TargetError('rejected', `there is no target of kind "${String(kind)}"`, {
    target: name,
    retryable: false,
  });
}
