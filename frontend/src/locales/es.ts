import common from '@/locales/es/common.json';
import messages from '@/locales/es/messages.json';
import people from '@/locales/es/people.json';
import reasons from '@/locales/es/reasons.json';
import schedules from '@/locales/es/schedules.json';
import workspace from '@/locales/es/workspace.json';

export const es = { ...common, ...schedules, ...people, ...messages, ...workspace, ...reasons };
