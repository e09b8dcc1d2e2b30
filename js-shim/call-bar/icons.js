// PAGE: the bar's icons, as paths in a square of 24: lines of 2, round at their ends.
export const MICROPHONE = "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3M5 11a7 7 0 0 0 14 0m-7 7v3";
export const STRUCK = "M4 4l16 16";
export const TEXT = "M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2m5 6a2 2 0 1 0 0 2.500m7-2.500a2 2 0 1 0 0 2.500";
export const OPTIONS = "M4 8h8m4 0h4M4 16h4m4 0h8M16 8a2 2 0 1 0-4 0a2 2 0 1 0 4 0m-4 8a2 2 0 1 0-4 0a2 2 0 1 0 4 0";
export const END = "M2.500 13c5-6 14-6 19 0q.8 1.500-.8 2.900-1.300 1.100-2.500.4l-2.400-1.400q-.8-.5-.8-2.400-3-1.200-6 0 0 1.900-.8 2.400l-2.400 1.400q-1.200.7-2.500-.4-1.600-1.400-.8-2.900z";
