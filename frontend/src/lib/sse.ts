export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

/** Split a stream of text into server-sent events (WHATWG HTML, "Server-sent events"). */
export async function* readEvents(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerEvent> {
  let rest = '';
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value.replaceAll('\r\n', '\n')).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const parsed = parseEvent(block);
      if (parsed !== null) yield parsed;
    }
  }
}

/** One block of lines to an event; null for comments such as the keep-alive. */
export function parseEvent(block: string): ServerEvent | null {
  const data: string[] = [];
  let id: string | null = null;
  let event = 'message';
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'id') id = value;
    else if (field === 'event') event = value;
  }
  return data.length === 0 ? null : { id, event, data: data.join('\n') };
}
