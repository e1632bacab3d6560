import { soakPlant } from "./run";

soakPlant({
  seconds: Number(process.argv[2] ?? 600),
  seed: Number(process.argv[3] ?? 1),
  say: (line) => console.error(line),
}).then(
  (report) => {
    console.log(
      JSON.stringify(
        { ...report, complaints: report.complaints.slice(0, 40), complaintCount: report.complaints.length },
        null,
        1,
      ),
    );
    process.exit(report.complaints.length > 0 ? 1 : 0);
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
