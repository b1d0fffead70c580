// [data-before-after]: lays the photo of before over the one of after, and a slider shows more of one or the other.
for (const box of document.querySelectorAll("[data-before-after]")) {
  const label = box.querySelector("label");
  const slider = label.querySelector("input");
  const show = () => box.style.setProperty("--shown", `${slider.value}%`);
  label.hidden = false;
  box.classList.add("before-after--over");
  slider.addEventListener("input", show);
  show();
}
