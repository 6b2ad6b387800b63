/** `kind: memory` among the targets and the probes: kept in the bot's own process, for trying things out. */
import { z } from 'zod';
import { name } from '../../values/forms.js';

export const memory = z.strictObject({ kind: z.literal('memory'), name: name('a name') });
