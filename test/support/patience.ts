/** How long something that must come is waited for, ms. It ends only what hangs: the runner's own second, a busy machine would decide. */
export const PATIENCE = { timeout: 60_000, interval: 20 };
