import { it } from 'vitest';
import { checkDamage } from '../testing/check-damage.js';

it('10,000 damaged memory maps give away no page that is in use', () => checkDamage(1000, 10_000));
