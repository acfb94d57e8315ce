// What the page keeps of the story of a purchase while its window is open.

const KEY = "pandabot.story";

/** The story that was begun in this window; null: none. */
export function keptStory() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** Keep the story; null forgets it. */
export function keepStory(story) {
  try {
    if (story) sessionStorage.setItem(KEY, JSON.stringify(story));
    else sessionStorage.removeItem(KEY);
  } catch {
    // without storage the story begins anew with the next page
  }
}
