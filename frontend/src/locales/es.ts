import { first } from '@/locales/es/first';
import { rest } from '@/locales/es/rest';

export const es = { ...first, ...rest };
