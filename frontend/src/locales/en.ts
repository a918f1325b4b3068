import { first } from '@/locales/en/first';
import { rest } from '@/locales/en/rest';

export const en = { ...first, ...rest };
