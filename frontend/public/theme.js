// Runs before the first paint, so a dark page never flashes white. A file of its
// own because the Content-Security-Policy refuses inline scripts.
(function () {
  var choice = 'auto';
  try {
    choice = localStorage.getItem('theme') || 'auto';
  } catch (_) {
    // Storage may be blocked; the system's choice then holds.
  }
  var dark =
    choice === 'dark' || (choice === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
})();
