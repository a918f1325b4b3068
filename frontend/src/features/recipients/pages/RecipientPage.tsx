export function RecipientPage() {
  return null;
}
