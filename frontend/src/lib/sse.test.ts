import { expect, test } from 'vitest';

import { parseEvent, readEvents, type ServerEvent } from '@/lib/sse';

function streamOf(...chunks: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
}

test('events are whole although the network cuts them anywhere', async () => {
  const stream = streamOf(
    ': hello\n\nid: 1\nev',
    'ent: schedule.updated\ndata: {"id"',
    ':"c1"}\r\n\r\ndata: a\ndata: b\n\n',
  );
  const events: ServerEvent[] = [];
  for await (const event of readEvents(stream)) events.push(event);
  expect(events).toEqual([
    { id: '1', event: 'schedule.updated', data: '{"id":"c1"}' },
    { id: null, event: 'message', data: 'a\nb' },
  ]);
});

test('a keep-alive comment is no event', () => {
  expect(parseEvent(': ping')).toBeNull();
});
