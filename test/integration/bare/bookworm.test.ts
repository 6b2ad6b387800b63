import { onABareDebian, ROOT } from './on-a-bare-debian.js';

onABareDebian({ suite: 'bookworm', debian: 'Debian 12', who: { root: ROOT, walt: 'sandbox' } });
