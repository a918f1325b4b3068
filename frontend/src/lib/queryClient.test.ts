import { QueryObserver } from '@tanstack/react-query';
import { expect, test } from 'vitest';

import { newQueryClient, refresh } from '@/lib/queryClient';

test('an answer that was on its way before a change is not taken for new', async () => {
  const client = newQueryClient();
  const answers: ((names: string[]) => void)[] = [];
  const observer = new QueryObserver(client, {
    queryKey: ['senders'],
    queryFn: ({ signal }) =>
      new Promise<string[]>((resolve, reject) => {
        answers.push(resolve);
        signal.addEventListener('abort', () => reject(new Error('dropped')));
      }),
  });
  const stop = observer.subscribe(() => undefined);
  const refreshed = refresh(client, ['senders']);
  await expect.poll(() => answers.length).toBe(2);
  answers[0]?.([]);
  answers[1]?.(['Shop']);
  await refreshed;
  expect(client.getQueryData(['senders'])).toEqual(['Shop']);
  stop();
});
