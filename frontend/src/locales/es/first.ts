import common from '@/locales/es/common.json';
import home from '@/locales/es/home.json';

/** The words of log-in, shell and Home: all that the first screen waits for. */
export const first = { ...common, ...home };
