/**
 * UN/CEFACT Recommendation 20 common codes, which OPC UA servers name their units by (OPC 10000-8, 5.6.4.3), as spelled in
 * our table of units. Only those whose unit we convert.
 */
const WRITTEN = `
  CEL:°C FAH:°F KEL:K
  PAL:Pa 74:mPa A97:hPa KPA:kPa MPA:MPa A89:GPa BAR:bar B85:µbar MBR:mbar PS:psi C56:N/mm² HN:mmHg E42:kgf/cm²
  AMP:A C39:nA B84:µA 4K:mA B22:kA VLT:V 2G:V 2H:V D82:µV 2Z:mV KVT:kV
  WTT:W D80:µW C31:mW KWT:kW MAW:MW A90:GW
  NEW:N C20:mN B47:kN B73:MN NU:N·m D83:mN·m B48:kN·m B74:MN·m F88:N·cm
  MTR:m C45:nm 4H:µm MMT:mm CMT:cm DMT:dm KMT:km INH:in FOT:ft
  MTS:m/s C16:mm/s 2M:cm/s M62:km/s 2X:m/min KMH:km/h IU:in/s FS:ft/s FR:ft/min
  MSK:m/s² M41:mm/s² M39:cm/s² K40:g
  RPM:rpm M46:rpm C94:rpm HTZ:Hz KHZ:kHz MHZ:MHz A86:GHz RPS:Hz C97:Hz 2A:rad/s
  SEC:s C47:ns B98:µs C26:ms MIN:min HUR:h
  KGM:kg TNE:t LBR:lb
  L2:l/min G51:l/s E32:l/h MQH:m³/h G53:m³/min MQS:m³/s
  P1:% 59:ppm DD:° C81:rad C25:mrad
`;

/** Common code to unit: "CEL" to "°C". */
export const COMMON_CODES: ReadonlyMap<string, string> = new Map(
  WRITTEN.trim()
    .split(/\s+/)
    .map((pair) => pair.split(":") as [string, string]),
);
