/**
 * The moments between two lines at which a crash must lose and double nothing. The product does nothing at them; whoever
 * builds the app may look (the crash tests end the process there).
 */
export const CRASH_POINTS = {
  FP01: 'request parsed',
  FP02: 'before the statement',
  FP03: 'after the commit, before the ack',
  FP04: 'after the ack',
  FP05: 'effect claimed, before the target call',
  FP06: 'target answered, before recording',
  FP07: 'written, before the read-back',
  FP08: 'read back',
  FP09: 'checks claimed',
  FP10: 'metrics read, before the decision',
  FP11: 'breach decided, before the intent',
  FP12: 'intent committed',
  FP13: 'message claimed',
  FP14: 'Slack answered, before recording',
  FP15: 'approval recorded',
  FP16: 'targets read, before the last look at a raise',
  FP17: 'a raise looked at, before its calls',
  FP18: 'a call of a raise ready, before it is asked for',
  FP19: 'a call of a raise granted, before it goes out',
  FP20: 'an item claimed, before its run is recorded as begun',
  FP21: 'a run of an item recorded as begun, before it goes out',
  FP22: 'a run of an item ended, before that is recorded',
} as const;

export type CrashPoint = keyof typeof CRASH_POINTS;
export type OnCrashPoint = (at: CrashPoint) => void | Promise<void>;
