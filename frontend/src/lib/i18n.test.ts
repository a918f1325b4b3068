import i18next from 'i18next';
import { expect, test } from 'vitest';

import { changeLanguage } from '@/lib/i18n';
import { en } from '@/locales/en';
import { es } from '@/locales/es';

/** Keys without plural endings: languages differ in how many forms they have. */
function keys(tree: object, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? keys(value, `${prefix}${key}.`)
      : [prefix + key.replace(/_(one|many|other)$/, '')],
  );
}

test('English and Spanish say the same things', () => {
  expect([...new Set(keys(es))].sort()).toEqual([...new Set(keys(en))].sort());
});

test('plurals follow the language', async () => {
  expect(i18next.t('count.people', { count: 1, n: '1' })).toBe('1 person');
  await changeLanguage('es');
  expect(i18next.t('count.people', { count: 2, n: '2' })).toBe('2 personas');
  expect(document.documentElement.lang).toBe('es');
  await changeLanguage('en');
});
