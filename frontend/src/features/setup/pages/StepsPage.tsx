export function StepsPage() {
  return null;
}
