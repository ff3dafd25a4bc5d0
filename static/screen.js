/* Of a screen that many share. data-kiosk="120" around a form that clears the screen: nothing is filled in for the next
   person; after so many seconds without a touch it asks, and half a minute later it clears. */
{
  const screen = document.querySelector("[data-kiosk]");
  const asks = screen.querySelector("[data-still-here]");
  let wait;
  const stay = () => {
    asks.textContent = ""; clearTimeout(wait);
    wait = setTimeout(() => {
      asks.textContent = asks.dataset.stillHere;
      wait = setTimeout(() => screen.querySelector("form").submit(), 30000);
    }, Number(screen.dataset.kiosk) * 1000);
  };
  document.querySelectorAll("form, input, textarea").forEach((it) => it.setAttribute("autocomplete", "off"));
  ["keydown", "pointerdown", "pointermove", "input", "scroll"].forEach((kind) =>
    document.addEventListener(kind, stay, { passive: true }));
  Object.keys(localStorage).filter((key) => key.startsWith("medspil:draft:")).forEach((key) => localStorage.removeItem(key));
  if (location.pathname !== "/") stay();
}
