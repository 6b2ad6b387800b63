/** Connections of one process, the one that listens for wake-ups included. In a file of its own: what reads settings needs no driver. */
export const CONNECTIONS = { least: 8, usual: 16, most: 200 } as const;
