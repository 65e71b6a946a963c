// A text field with a button that copies its text.

export default function ({ parentElement, data }) {
  const field = parentElement.querySelector("input");
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("span");
  const isNew = !button.textContent;
  if (field.value !== data.text) status.textContent = "";
  field.value = data.text;
  field.setAttribute("aria-label", data.label);
  field.onfocus = () => field.select();
  button.textContent = data.action;
  // Streamlit leaves the focus on the button of a popover and the content at the end of the document; page.js moves it to the first
  // control that there is
  const entered = document.activeElement?.closest('[data-testid="stPopoverButton"], [data-testid="stPopoverBody"]');
  if (data.first && isNew && entered) button.focus();
  button.onclick = async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(data.text);  // there over https and on localhost only
      done = true;
    } catch {
      field.focus();
      field.select();
      done = document.execCommand("copy");
    }
    status.textContent = done ? "Copied." : "Press Ctrl+C (or ⌘C) to copy it.";
  };
}
