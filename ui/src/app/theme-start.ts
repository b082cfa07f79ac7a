// A module of its own, before the app: the page has its colours before its first paint.
import { startTheme } from "@/app/theme";

startTheme();
