import common from '@/locales/en/common.json';
import home from '@/locales/en/home.json';

/** The words of log-in, shell and Home: all that the first screen waits for. */
export const first = { ...common, ...home };
