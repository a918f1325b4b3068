import { useQuery } from '@tanstack/react-query';
import { screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { Offline } from '@/app/shell/Offline';
import { http } from '@/lib/http';
import { answered } from '@/lib/reach';
import { HttpResponse, page, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';

const GONE = /The server doesn't answer/;
const server = startApi();
afterEach(answered);

function Groups() {
  const query = useQuery({
    queryKey: ['groups'],
    queryFn: () => http.get('/groups'),
    retry: false,
  });
  return <p>{query.isError ? 'failed' : query.isSuccess ? 'read' : 'asking'}</p>;
}

const open = () =>
  renderApp(
    <>
      <Offline />
      <Groups />
    </>,
  );

test.each([
  ['nobody answers', () => HttpResponse.error()],
  ['a proxy answers in its place', () => new HttpResponse('Bad gateway', { status: 502 })],
])('says that the server is gone when %s, and reads anew when it is back', async (_, silence) => {
  server.use(route.get(url('/groups'), silence));
  open();
  expect(await screen.findByText('failed')).toBeVisible();
  expect(screen.getByText(GONE)).toBeVisible();
  server.use(
    route.get(url('/groups'), () => page([])),
    route.get(url('/setup'), () => HttpResponse.json({ needed: false })),
  );
  await http.get('/setup');
  expect(await screen.findByText('read')).toBeVisible();
  expect(screen.queryByText(GONE)).not.toBeInTheDocument();
});

test('a refusal is an answer', async () => {
  server.use(
    route.get(url('/groups'), () => HttpResponse.json({ code: 'unavailable' }, { status: 503 })),
  );
  open();
  await waitFor(() => expect(screen.getByText('failed')).toBeVisible());
  expect(screen.queryByText(GONE)).not.toBeInTheDocument();
});
