import { useTranslation } from 'react-i18next';

import type { Reason } from '@/api/types';

/**
 * The words for a reason in the reader's language. The API explains in English;
 * codes we don't know, such as a new one of Meta's, keep its words.
 */
export function useReasonText() {
  const { t, i18n } = useTranslation();
  const known = (key: string): boolean => i18n.exists(key);
  return {
    title: (reason: Reason): string =>
      known(`reason.${reason.code}`) ? t(`reason.${reason.code as 'expired'}`) : reason.title,
    explanation: (reason: Reason): string =>
      known(`reasonText.${reason.code}`)
        ? t(`reasonText.${reason.code as 'expired'}`)
        : reason.explanation,
    /** What to do is in the explanation of the reasons we word ourselves. */
    action: (reason: Reason): string | null =>
      known(`reasonText.${reason.code}`) ? null : reason.action,
  };
}
