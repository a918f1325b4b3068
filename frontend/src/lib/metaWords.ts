import { useTranslation } from 'react-i18next';

/**
 * Codes and Meta's own values in the reader's language. What we have no word for is shown
 * as it is, since it may be new.
 */
export function useMetaWords() {
  const { t, i18n } = useTranslation();
  const word = (area: 'category' | 'quality' | 'reason', value: string | null): string => {
    if (value === null) return '–';
    const known = value.toLowerCase();
    return i18n.exists(`${area}.${known}`)
      ? t(`${area}.${known}` as 'category.utility')
      : known.replaceAll('_', ' ');
  };
  return {
    category: (value: string): string => word('category', value),
    quality: (value: string | null): string => word('quality', value),
    reason: (value: string): string => word('reason', value),
  };
}
