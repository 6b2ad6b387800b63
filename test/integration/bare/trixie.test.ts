import { onABareDebian } from './on-a-bare-debian.js';

onABareDebian({ suite: 'trixie', debian: 'Debian 13', who: { root: 'sandbox', walt: 'tests' } });
