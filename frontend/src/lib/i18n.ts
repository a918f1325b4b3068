import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';

import type { en } from '@/locales/en';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export const LANGUAGES = ['en', 'es'] as const;
/** Each language in its own words, so that whoever is lost finds the way back. */
export const LANGUAGE_NAMES = { en: 'English', es: 'Español' } as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = 'language';

interface Bundle {
  /** What the first screen needs. */
  first: () => Promise<object>;
  /** What the other pages need. */
  rest: () => Promise<object>;
}

/** A reader loads only their own language, and only its first part before the first screen. */
const bundles: Record<Language, Bundle> = {
  en: {
    first: async () => (await import('@/locales/en/first')).first,
    rest: async () => (await import('@/locales/en/rest')).rest,
  },
  es: {
    first: async () => (await import('@/locales/es/first')).first,
    rest: async () => (await import('@/locales/es/rest')).rest,
  },
};

const complete = new Set<Language>();

function add(language: Language, words: object): void {
  i18next.addResourceBundle(language, 'translation', words, true, true);
}

/** All words of the language in use; pages beyond the first screen wait for it. */
export async function loadAllWords(): Promise<void> {
  const language = currentLanguage();
  if (complete.has(language)) return;
  add(language, await bundles[language].rest());
  complete.add(language);
}

export function currentLanguage(): Language {
  return i18next.resolvedLanguage === 'es' ? 'es' : 'en';
}

export async function changeLanguage(language: Language): Promise<void> {
  const { first, rest } = bundles[language];
  const [now, later] = await Promise.all([first(), rest()]);
  add(language, { ...now, ...later });
  complete.add(language);
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
    resources: { [language]: { translation: await bundles[language].first() } },
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
