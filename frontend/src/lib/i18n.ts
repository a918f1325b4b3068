import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';

import type { en } from '@/locales/en';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = 'language';

/** One chunk per language: a reader loads only their own. */
const bundles: Record<Language, () => Promise<object>> = {
  en: async () => (await import('@/locales/en')).en,
  es: async () => (await import('@/locales/es')).es,
};

export function currentLanguage(): Language {
  return i18next.resolvedLanguage === 'es' ? 'es' : 'en';
}

export async function changeLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', await bundles[language]());
  }
  localStorage.setItem(KEY, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** The language chosen before, else the first of the browser's that we speak. */
function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages];
  for (const tag of wanted) {
    const known = LANGUAGES.find((l) => tag.toLowerCase().startsWith(l));
    if (known !== undefined) return known;
  }
  return 'en';
}

export async function startI18n(language: Language = preferredLanguage()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    supportedLngs: LANGUAGES,
    fallbackLng: false,
    resources: { [language]: { translation: await bundles[language]() } },
    partialBundledLanguages: true,
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = language;
}

/** The locale for dates and numbers: the browser's own variety of the language, if it has one. */
export function useLocale(): string {
  const { i18n } = useTranslation();
  const language = i18n.resolvedLanguage ?? 'en';
  return navigator.languages.find((l) => l.startsWith(`${language}-`)) ?? language;
}

/** Numbers with separators; Spanish groups four digits too, so that columns line up. */
export function useNumber(): (value: number) => string {
  const locale = useLocale();
  const formatter = new Intl.NumberFormat(locale, { useGrouping: 'always' });
  return (value) => formatter.format(value);
}
