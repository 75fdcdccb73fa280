// SHA-256 by the host's library.
import { hash } from 'node:crypto';
import type { Sha256 } from '../../domain/shared/sha256.ts';

export const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');
